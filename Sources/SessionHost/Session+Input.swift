import Platform
import ScreenModel
import SessionModel
import Terminal
import Wire

extension Session {
    /// Bytes that one attachment may have on the way; a front-end that sends more does not count what it sends.
    static let inputLimit = 256 * 1_024
    /// Bytes of input dealt with, at which a front-end is told of them.
    static let announcedInput = 16 * 1_024
    /// Enter, `Ctrl-C` and `Ctrl-D`: behind these a line that is hidden by hand is over.
    private static let lineEnds: Set<UInt8> = [0x0D, 0x0A, 0x03, 0x04]

    /// Somebody typed: decided here, in one step, and written down before the terminal gets it.
    ///
    /// - Parameter isAllowed: whether it was decided already that the limits of an agent allow it.
    func type(_ bytes: [UInt8], by id: AttachmentID, isAllowed: Bool = false) {
        let isUTF8 = screen.modes.mouseEncoding == .utf8
        attachments[id]?.typing.classifier.mouseIsUTF8 = isUTF8
        guard let pieces = attachments[id]?.typing.classifier.classify(bytes) else { return }
        for piece in pieces { receive(piece, from: id, isAllowed: isAllowed) }
        scheduleRest(of: id)
    }

    /// What was held because it was not whole is typed as it is, before its attachment does something else.
    func typeRest(of id: AttachmentID, isAllowed: Bool = false) {
        guard let pieces = attachments[id]?.typing.classifier.flush() else { return }
        for piece in pieces { receive(piece, from: id, isAllowed: isAllowed) }
        scheduleRest(of: id)
    }

    /// What the attachment types up to the end of the line is recorded as a count only.
    func hideNextLine(of id: AttachmentID) { attachments[id]?.typing.hidesLine = true }

    /// The session's terminal answers a program's query; an answer that nobody reads is dropped.
    func answer(_ bytes: [UInt8]) {
        guard !bytes.isEmpty, input.count < Self.inputLimit else { return }
        input.append(bytes[...], from: .terminal)
        writeInput()
    }

    private func scheduleRest(of id: AttachmentID) {
        guard let typing = attachments[id]?.typing else { return }
        if let timer = typing.timer { loop.cancel(timer) }
        attachments[id]?.typing.timer =
            typing.classifier.isWaiting
            ? loop.schedule(after: InputClassifier.patience) { [weak self] in self?.typeRest(of: id) } : nil
    }

    // MARK: Whose it is

    private func receive(_ piece: InputClassifier.Piece, from id: AttachmentID, isAllowed: Bool) {
        switch piece.kind {
        case .keys: _ = steer(with: piece, from: id, isAllowed: isAllowed)
        case .pasteBegin:
            let turn = steer(with: piece, from: id, isAllowed: isAllowed)
            attachments[id]?.typing.pasteTurn = turn
        case .paste: continuePaste(piece, from: id, isAllowed: isAllowed)
        case .mouse, .focus: report(piece, from: id)
        case .reply: acknowledge(piece.bytes.count, from: id)
        }
    }

    /// Delivers what its author may type, and says in which turn; the turn may begin with it.
    private func steer(with piece: InputClassifier.Piece, from id: AttachmentID, isAllowed: Bool) -> TurnNumber? {
        guard let attachment = attachments[id] else { return nil }
        if !isAllowed, let refusal = refusal(of: piece.bytes.count, lines: lines(in: piece), by: attachment) {
            refuse(piece, from: id, refusal)
            return nil
        }
        let (effects, decision) = arbiter.type(id, at: now)
        perform(effects)
        switch decision {
        case .refuse(let refusal):
            refuse(piece, from: id, refusal)
            return nil
        case .deliver(let turn):
            guard arbiter.holder?.id == id, arbiter.lastTurn == turn else {
                refuse(piece, from: id, .turnHeld)
                return nil
            }
            deliver(piece, from: id, in: turn)
            return turn
        }
    }

    /// The rest of a paste never takes a turn: without its beginning the program would take it for typing.
    private func continuePaste(_ piece: InputClassifier.Piece, from id: AttachmentID, isAllowed: Bool) {
        perform(arbiter.passTime(to: now))
        guard let turn = attachments[id]?.typing.pasteTurn, arbiter.holder?.id == id, arbiter.lastTurn == turn else {
            guard arbiter.holder != nil else { return acknowledge(piece.bytes.count, from: id) }
            return refuse(piece, from: id, .turnHeld)
        }
        _ = steer(with: piece, from: id, isAllowed: isAllowed)
    }

    /// Mouse and focus reach the program from whoever steers, while it asks for them; nobody is told otherwise.
    private func report(_ piece: InputClassifier.Piece, from id: AttachmentID) {
        perform(arbiter.passTime(to: now))
        let isWanted = piece.kind == .mouse ? screen.modes.mouse != .none : screen.modes.focusReporting
        guard isWanted, let holder = arbiter.holder, holder.id == id, let attachment = attachments[id],
            refusal(of: piece.bytes.count, by: attachment) == nil
        else {
            return acknowledge(piece.bytes.count, from: id)
        }
        // Who clicks is not idle; who looks away is.
        if piece.kind == .mouse { _ = arbiter.type(id, at: now) }
        deliver(piece, from: id, in: arbiter.lastTurn)
    }

    private func refuse(_ piece: InputClassifier.Piece, from id: AttachmentID, _ refusal: Refusal) {
        guard let attachment = attachments[id] else { return }
        attachment.frontEnd.send(
            .refused(attachment.reference, attachment.frontEnd.known(refusal), turnNotice))
        acknowledge(piece.bytes.count, from: id)
    }

    /// - Parameter commands: how many it is, where its lines do not tell.
    private func deliver(
        _ piece: InputClassifier.Piece, from id: AttachmentID, in turn: TurnNumber, commands: Int? = nil
    ) {
        guard let attachment = attachments[id] else { return }
        guard input.count(from: id) + piece.bytes.count <= Self.inputLimit else {
            Diagnostics.note("a front-end sent more input than it was given room for")
            return attachment.frontEnd.close()
        }
        lastActivity = now
        let author = InputQueue.Author(
            attachment: id, turn: turn, who: attachment.request.who, transport: attachment.request.transport)
        var rest = piece.bytes[...]
        if attachment.typing.hidesLine {
            let end = piece.kind == .keys ? rest.firstIndex(where: Self.lineEnds.contains) : nil
            let hidden = end.map { rest[...$0] } ?? rest
            input.append(hidden, from: .attachment(author), kind: piece.kind, isHidden: true)
            rest = rest[hidden.endIndex...]
            attachments[id]?.typing.hidesLine = end == nil
        }
        input.append(rest, from: .attachment(author), kind: piece.kind)
        noteSpent(piece.bytes.count, commands: commands ?? lines(in: piece), by: attachment)
        writeInput()
    }

    /// What somebody else approved, as its agent's.
    func type(_ bytes: [UInt8], ofApproved attachment: HostAttachment) {
        deliver(InputClassifier.Piece(.keys, bytes), from: attachment.id, in: arbiter.lastTurn, commands: 1)
    }

    // MARK: Lines

    /// How many lines it ends, each of which may begin a command. In a paste only where the program takes no pastes.
    private func lines(in piece: InputClassifier.Piece) -> Int {
        switch piece.kind {
        case .paste where screen.modes.bracketedPaste: 0
        case .keys, .paste: piece.bytes.count { $0 == 0x0D || $0 == 0x0A }
        case .pasteBegin, .mouse, .focus, .reply: 0
        }
    }

    /// The same of all that would be typed at once.
    func lines(in bytes: [UInt8], of attachment: HostAttachment) -> Int {
        var classifier = attachment.typing.classifier
        return (classifier.classify(bytes) + classifier.flush()).reduce(0) { $0 + lines(in: $1) }
    }
}
