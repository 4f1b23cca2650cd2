import Platform
import SessionModel
import SystemPackage
import Wire

/// What front-ends here have open besides attachments, and the end of whatever is open.
extension SessionLink {
    /// The first version of the protocol whose hosts list everything that is open, and end it by its reference.
    private static let firstVersionWithChannels: UInt16 = 6

    // MARK: Control channels

    /// Tells the host of a control channel that works with the session, whether it attaches or not.
    ///
    /// - Parameter removed: called at most once, when a lead ends it.
    func announce(
        _ reference: Reference, by who: Operator, over transport: String, removed: @escaping (_ by: String) -> Void
    ) {
        removals[reference] = removed
        whenVersionIsKnown { [weak self] version in
            guard let self, version >= Self.firstVersionWithChannels, self.removals[reference] != nil else { return }
            self.send(.announce(reference, by: who, transport: transport))
        }
    }

    /// The attachment of a control channel, which has no terminal.
    func attach(
        _ control: ControlAttachment, _ request: AttachRequest, _ limits: AgentLimits, as reference: Reference
    ) {
        controlAttachments[reference] = control
        attach(reference, request, limits) { [weak control] in control?.removed() }
    }

    /// The control channel works with the session no more.
    func withdraw(_ reference: Reference) {
        let wasAnnounced = removals.removeValue(forKey: reference) != nil
        let wasAttached = controlAttachments.removeValue(forKey: reference) != nil
        if wasAnnounced || wasAttached { send(.detach(reference)) }
        noteIdle()
    }

    // MARK: Programs

    func spawn(_ program: any BesideProgram, _ request: SpawnRequest) -> Reference {
        let reference = nextReference()
        spawning[reference] = program
        send(.spawn(reference, request))
        return reference
    }

    /// A host of an earlier version is not asked.
    ///
    /// - Parameter asked: called with the reference of the request, when the host is asked.
    func serveFiles(
        _ program: any BesideProgram, by who: Operator, over transport: String, asked: @escaping (Reference) -> Void
    ) {
        whenVersionIsKnown { [weak self] version in
            guard program.isOpen else { return }
            guard let self, version >= LinkTurns.firstVersionWithFiles else {
                return program.failed(
                    "the session's host is of an earlier version, which serves no files; restart the session")
            }
            let reference = self.nextReference()
            self.spawning[reference] = program
            asked(reference)
            self.send(.serveFiles(reference, by: who, transport: transport))
        }
    }

    func spawned(_ reference: Reference, _ child: ChildID, _ descriptors: [FileDescriptor]) {
        guard let program = spawning.removeValue(forKey: reference), program.isOpen else {
            for descriptor in descriptors { try? descriptor.close() }
            return send(.hangUp(child))
        }
        children[child] = program
        removals[reference] = { [weak program] in program?.removed(by: $0) }
        program.spawned(child, descriptors)
    }

    func forget(_ child: ChildID, _ reference: Reference) {
        children[child] = nil
        removals[reference] = nil
        noteIdle()
    }

    // MARK: The end

    /// A lead ended it; the host has forgotten it.
    func removed(_ reference: Reference, _ by: String) {
        attachments.removeValue(forKey: reference)?.removed(by: by)
        controlAttachments.removeValue(forKey: reference)?.removed()
        spawning.removeValue(forKey: reference)?.removed(by: by)
        removals.removeValue(forKey: reference)?(by)
        noteIdle()
    }

    /// The operator of what has this reference has no right to it any more: the host ends it, and records why.
    ///
    /// - Parameter child: the program that it is, if it runs.
    func revoke(_ reference: Reference, _ child: ChildID? = nil) {
        let isAttached = attachments.removeValue(forKey: reference) != nil
        let isControl = controlAttachments.removeValue(forKey: reference) != nil
        spawning[reference] = nil
        removals[reference] = nil
        if let child { children[child] = nil }
        whenVersionIsKnown { [weak self] version in
            guard let self else { return }
            guard version < Self.firstVersionWithChannels else { return self.send(.revoke(reference)) }
            if isAttached || isControl {
                self.send(.changeRole(reference, .observer))
                self.send(.detach(reference))
            }
            if let child { self.send(.hangUp(child)) }
        }
        noteIdle()
    }
}
