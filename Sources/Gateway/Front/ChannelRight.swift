import SessionModel

/// What a channel is for: from this, and from nothing else, follows which right it needs.
struct ChannelUse: Hashable {
    enum Kind: Hashable {
        /// A view of the session's terminal.
        case attachment
        /// A private shell, or a command.
        case program
        case files
        case forward
        /// - Parameter isPublic: whether other machines reach it.
        case listener(isPublic: Bool)
        case control
        /// One of the lobby's verbs.
        case verb
        /// The list of sessions on a whole terminal.
        case lobby
    }

    let kind: Kind
    /// `nil` for what is about no session, or about those that its requests name.
    var session: SessionName?
    /// Whether it asked only to watch, whatever the role.
    var isObserving = false
    /// Whether the client has a terminal on it.
    var hasTerminal = false
}

/// Why somebody may not have a channel, for them and for the log.
struct ChannelRefusal: Error, Hashable {
    static let noSuchSession = "no such session for you; 'ssh cmdop@host' lists the sessions that your key may see"

    /// To who asks for the channel. Who may not know that the session exists learns nothing of it.
    let sentence: String
    /// To who has it open already.
    let revocation: String

    init(_ sentence: String, revocation: String? = nil) {
        self.sentence = sentence
        self.revocation = revocation ?? sentence
    }
}

/// Leave to have a channel, and what it may do.
struct ChannelRight: Hashable {
    /// `nil` for what is about no session.
    let role: Role?
    /// What keeps an agent from acting by itself.
    let limits: AgentLimits

    /// The one place that says which right a channel needs: it is asked when the channel begins, and again whenever
    /// keys or rules change while it is open.
    static func judge(
        _ use: ChannelUse, _ admission: Admission, by access: Access
    ) -> Result<ChannelRight, ChannelRefusal> {
        if use.hasTerminal, !admission.limits.allowsTerminal {
            return .failure(ChannelRefusal("your key has no terminal: its line says no-pty or restrict"))
        }
        guard let session = use.session else { return .success(ChannelRight(role: nil, limits: .none)) }
        guard let role = access.policy.role(of: admission, in: session) else {
            return .failure(
                ChannelRefusal(ChannelRefusal.noSuchSession, revocation: "your access to \(session) was revoked"))
        }
        if let sentence = refusal(of: use, role, in: session, admission, access) {
            return .failure(ChannelRefusal(sentence))
        }
        return .success(ChannelRight(role: role, limits: access.policy.limits(of: admission, in: session)))
    }

    /// Why the role is not enough, or the key keeps it from this; `nil` where it is.
    private static func refusal(
        of use: ChannelUse, _ role: Role, in session: SessionName, _ admission: Admission, _ access: Access
    ) -> String? {
        switch use.kind {
        case .attachment, .control, .verb, .lobby: return nil
        case .program: return refusal(to: "run commands beside the terminal", use, role, in: session)
        case .files: return refusal(to: "move files", use, role, in: session)
        case .forward, .listener:
            if use.isObserving { return "+observe and +replay only watch; leave them out to forward ports" }
            guard admission.limits.allowsPortForwarding else {
                return "your key forwards no ports: its line says no-port-forwarding or restrict"
            }
            guard role.may(.forward) else { return "your role in \(session) is \(role.name), which forwards no ports" }
            guard use.kind == .listener(isPublic: true), access.configuration.rules(for: session).forwards != .any
            else { return nil }
            return "in \(session) ports are listened on for this machine only"
        }
    }

    private static func refusal(
        to deed: String, _ use: ChannelUse, _ role: Role, in session: SessionName
    ) -> String? {
        if use.isObserving { return "+observe only watches; leave it out to \(deed)" }
        return role.may(.runBeside) ? nil : "your role in \(session) is \(role.name), which may not \(deed)"
    }
}
