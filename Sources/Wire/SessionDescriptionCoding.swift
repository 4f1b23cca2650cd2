import SessionModel

extension ByteWriter {
    mutating func put(_ notice: TurnNotice) {
        put(notice.turn.rawValue)
        put(notice.holder) { $0.put($1) }
    }

    mutating func put(_ holder: TurnHolder) {
        put(holder.attachment.rawValue)
        put(holder.name)
        put(holder.kind.rawValue)
    }

    mutating func put(_ session: SessionDescription) {
        put(session.session.text)
        put(session.incarnation.rawValue)
        put(session.environment)
        put(session.createdBy)
        put(session.runningFor)
        put(session.size)
        put(session.title)
        put(session.turn)
        put(session.attachments) { $0.put($1) }
        put(session.commandsBeside)
    }

    private mutating func put(_ attachment: AttachmentDescription) {
        put(attachment.id.rawValue)
        put(attachment.operatorName)
        put(attachment.kind.rawValue)
        put(attachment.fingerprint.text)
        put(attachment.role.rawValue)
        put(attachment.isSteering)
        put(attachment.transport)
        put(attachment.size) { $0.put($1) }
        put(attachment.attachedFor)
    }
}

extension ByteReader {
    mutating func turnNotice() throws(WireError) -> TurnNotice {
        let turn = TurnNumber(rawValue: try number())
        let holder = try optional { (reader) throws(WireError) in try reader.turnHolder() }
        return TurnNotice(turn: turn, holder: holder)
    }

    mutating func turnHolder() throws(WireError) -> TurnHolder {
        TurnHolder(attachment: AttachmentID(rawValue: try number()), name: try text(), kind: try operatorKind())
    }

    mutating func sessionDescription() throws(WireError) -> SessionDescription {
        guard let name = SessionName(try text()) else { throw .invalid("session name") }
        return SessionDescription(
            session: name, incarnation: Incarnation(rawValue: try number()), environment: try text(),
            createdBy: try text(), runningFor: try duration(), size: try terminalSize(), title: try text(),
            turn: try turnNotice(),
            attachments: try list { (reader) throws(WireError) in try reader.attachmentDescription() },
            commandsBeside: try number())
    }

    private mutating func attachmentDescription() throws(WireError) -> AttachmentDescription {
        AttachmentDescription(
            id: AttachmentID(rawValue: try number()), operatorName: try text(), kind: try operatorKind(),
            fingerprint: Fingerprint(text: try text()), role: try role(), isSteering: try flag(),
            transport: try text(), size: try optional { (reader) throws(WireError) in try reader.terminalSize() },
            attachedFor: try duration())
    }

    mutating func operatorKind() throws(WireError) -> OperatorKind {
        guard let kind = OperatorKind(rawValue: try number()) else { throw .invalid("operator kind") }
        return kind
    }
}
