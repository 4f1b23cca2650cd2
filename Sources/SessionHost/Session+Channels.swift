import Platform
import SessionModel
import Wire

/// What operators have open to the session, whatever it is: it has a number, is listed, and ends when its operator
/// loses the right to it or a lead removes it.
extension Session {
    /// Between the signal that asks a program to end and the one that it cannot refuse.
    private static let gracePeriod = Duration.seconds(1)

    /// The next number: attachments and all else that is open count together, so that a number says what is meant.
    func nextNumber() -> AttachmentID {
        lastAttachment += 1
        return AttachmentID(rawValue: lastAttachment)
    }

    // MARK: The list

    /// Everything besides attachments; a control channel is listed whether it is attached or not.
    var openedChannels: [OpenedDescription] {
        let beside = children.values.filter { !$0.isEnding }.map { ($0.channel, $0.since) }
        let carried = sockets.open.values.filter { !$0.isEnding }.map { ($0.channel, $0.since) }
        let kept = frontEnds.values.flatMap { frontEnd in
            frontEnd.controls.values.map { ($0.channel, $0.since) }
                + frontEnd.awaitingPlace.values.map { ($0.channel, $0.since) }
        }
        return (beside + carried + kept).sorted { $0.0.id < $1.0.id }.map { channel, since in
            OpenedDescription(channel: channel, openFor: now.sinceStart - since.sinceStart)
        }
    }

    /// A control channel works with the session; its attachment, if it makes one, has the same number.
    func announce(_ reference: Reference, by who: Operator, over transport: String, from frontEnd: FrontEnd) {
        let id = frontEnd.attachments[reference] ?? nextNumber()
        frontEnd.controls[reference] = KeptChannel(
            channel: OpenedChannel(id: id, kind: .control, who: who, transport: transport, detail: ""), since: now)
    }

    // MARK: The end

    /// A lead ends what has this number.
    ///
    /// - Returns: whether there is such a thing.
    func removeChannel(_ id: AttachmentID, by who: Operator) -> Bool {
        if let child = children.values.first(where: { $0.channel.id == id && !$0.isEnding }) {
            tellRemoved(child.channel, child.reference, child.frontEnd, by: who)
            terminate(child)
            return true
        }
        if let (key, socket) = sockets.open.first(where: { $0.value.channel.id == id && !$0.value.isEnding }) {
            sockets.open[key]?.isEnding = true
            if let frontEnd = frontEnds[key.frontEnd] {
                tellRemoved(socket.channel, key.reference, frontEnd, by: who)
            }
            return true
        }
        for frontEnd in frontEnds.values {
            guard let (reference, kept) = frontEnd.kept(id) else { continue }
            frontEnd.forgetKept(reference)
            tellRemoved(kept.channel, reference, frontEnd, by: who)
            return true
        }
        return false
    }

    private func tellRemoved(_ channel: OpenedChannel, _ reference: Reference, _ frontEnd: FrontEnd, by who: Operator) {
        record(.channelClosed(channel, by: who))
        frontEnd.send(.removed(reference, by: who.name))
    }

    /// The operator of what this reference stands for has no right to it any more.
    func revoke(_ reference: Reference, of frontEnd: FrontEnd) {
        let kept = frontEnd.forgetKept(reference)
        if let attachment = frontEnd.attachments[reference].flatMap({ attachments[$0] }) {
            return revoke(attachment, isControl: kept != nil)
        }
        if let kept { return record(.channelClosed(kept.channel, by: nil)) }
        if let child = children.values.first(where: { $0.frontEnd === frontEnd && $0.reference == reference }) {
            guard !child.isEnding else { return }
            record(.channelClosed(child.channel, by: nil))
            return terminate(child)
        }
        let key = SessionSockets.Key(frontEnd: frontEnd.id, reference: reference)
        guard let socket = sockets.open[key], !socket.isEnding else { return }
        sockets.open[key]?.isEnding = true
        record(.channelClosed(socket.channel, by: nil))
    }

    /// Neither has what the operator approved any force, nor does what they began to type reach the session.
    private func revoke(_ attachment: HostAttachment, isControl: Bool) {
        let request = attachment.request
        record(
            .channelClosed(
                OpenedChannel(
                    id: attachment.id, kind: isControl ? .control : .terminal, who: request.who,
                    transport: request.transport, detail: ""), by: nil))
        voidApprovals(by: request.who.key.fingerprint)
        perform(arbiter.detach(attachment.id, at: now, because: .revoked))
        forget(attachment.id)
    }

    /// As when its channel is gone; what of it has not ended a moment later is killed, whatever group it is in by then:
    /// jobs of a shell have groups of their own, and what a container's runtime started is in none of ours.
    private func terminate(_ child: HostChild) {
        child.isEnding = true
        let branch = ProcessTree.branch(of: child.pid).compactMap { ProcessTree.facts(of: $0) }
        child.hangUp()
        child.signal("CONT")
        loop.schedule(after: Self.gracePeriod) { [weak self, weak child] in
            // A number that is another process's by now began at another time.
            for old in branch where ProcessTree.facts(of: old.pid)?.startedAfter == old.startedAfter {
                old.pid.signal(Signals.kill)
            }
            guard let self, let child, self.children[child.id] === child else { return }
            child.pid.signalGroup(Signals.kill)
        }
    }
}

/// Something that one front-end has open, and that neither has a process yet nor an attachment.
struct KeptChannel {
    let channel: OpenedChannel
    let since: Moment
}

extension FrontEnd {
    fileprivate func kept(_ id: AttachmentID) -> (Reference, KeptChannel)? {
        (controls.first { $0.value.channel.id == id } ?? awaitingPlace.first { $0.value.channel.id == id })
            .map { ($0.key, $0.value) }
    }

    @discardableResult
    func forgetKept(_ reference: Reference) -> KeptChannel? {
        controls.removeValue(forKey: reference) ?? awaitingPlace.removeValue(forKey: reference)
    }
}
