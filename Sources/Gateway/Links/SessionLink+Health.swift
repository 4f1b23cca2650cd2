import HostClient
import Wire

/// What becomes of those who wait for a host that does not answer.
extension SessionLink {
    /// Taken once a second.
    func look() {
        switch health.look(isAwaited: isAwaited, isUsed: isUsed) {
        case .fine: break
        case .ask: describe { _ in }
        case .silent: fallSilent()
        case .stillSilent: for channel in attachments.values { channel.hostIsSilent() }
        }
    }

    private var isAwaited: Bool {
        !describing.isEmpty || !asking.isEmpty || !spawning.isEmpty || sockets.isWaiting || turns.version == 0
            || controlAttachments.values.contains { $0.isWaiting } || attachments.values.contains { $0.isWaiting }
    }

    private var isUsed: Bool { !attachments.isEmpty || !controlAttachments.isEmpty || !children.isEmpty }

    /// Who waits for an answer gets one; who is attached stays, and is told.
    private func fallSilent() {
        let sentence = HostClientError.notResponding.description
        for channel in Array(attachments.values) { channel.hostIsSilent() }
        for (reference, control) in controlAttachments where control.isWaiting {
            control.removed()
            controlAttachments[reference] = nil
            send(.detach(reference))
        }
        let (spawning, asking, describing) = (spawning, asking, describing)
        (self.spawning, self.asking, self.describing) = ([:], [:], [:])
        for program in spawning.values { program.failed(sentence) }
        for answer in asking.values { answer(nil) }
        for answer in describing.values { answer(nil) }
        sockets.hostIsSilent(sentence)
        for program in Array(children.values) { program.hostIsSilent() }
        noteIdle()
    }

    /// What was asked before it fell silent it answers now; nobody waits for that any more.
    func respondsAgain() {
        for channel in attachments.values { channel.hostResponds() }
    }
}
