import SessionModel

/// Why somebody forwards nothing, for them and for the log.
struct ForwardRefusal: Error {
    let session: SessionName?
    let sentence: String

    init(session: SessionName?, _ sentence: String) {
        self.session = session
        self.sentence = sentence
    }
}

/// Leave to forward ports of a session.
struct ForwardRight {
    let session: SessionName
    let use: ChannelUse
    /// How the session is started if it does not run; `nil` where the operator may not, or names no environment.
    let plan: LinkRequest.Plan?

    /// What the user name of a connection and the operator's rights say.
    static func judge(
        _ userName: String, _ client: Client, to kind: ChannelUse.Kind
    ) -> Result<ForwardRight, ForwardRefusal> {
        guard let address = try? SessionAddress(userName: userName) else {
            return .failure(ForwardRefusal(session: nil, ChannelRefusal.noSuchSession))
        }
        guard let session = address.session else {
            return .failure(ForwardRefusal(session: nil, "ports are a session's: name one, as in ssh -L … NAME@host"))
        }
        let use = ChannelUse(
            kind: kind, session: session, isObserving: address.isReplaying || address.isObserving)
        switch client.judge(use) {
        case .failure(let refusal): return .failure(ForwardRefusal(session: session, refusal.sentence))
        case .success(let right):
            let plan =
                right.role?.may(.create) == true
                ? client.door.plan(
                    for: session, environment: address.environment, size: nil, locale: [], by: client.who) : nil
            return .success(ForwardRight(session: session, use: use, plan: plan))
        }
    }
}
