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
    /// How the session is started if it does not run; `nil` where the operator may not, or names no environment.
    let plan: LinkRequest.Plan?

    static let noSuchSession = "no such session for you; 'ssh cmdop@host' lists the sessions that your key may see"

    /// What the user name of a connection and the operator's rights say.
    static func judge(_ userName: String, _ client: Client) -> Result<ForwardRight, ForwardRefusal> {
        guard let address = try? SessionAddress(userName: userName) else {
            return .failure(ForwardRefusal(session: nil, noSuchSession))
        }
        guard let session = address.session else {
            return .failure(ForwardRefusal(session: nil, "ports are a session's: name one, as in ssh -L … NAME@host"))
        }
        func refuse(_ sentence: String) -> Result<ForwardRight, ForwardRefusal> {
            .failure(ForwardRefusal(session: session, sentence))
        }
        guard let role = client.role(in: session) else { return refuse(noSuchSession) }
        guard !address.isReplaying, !address.isObserving else {
            return refuse("+observe and +replay only watch; leave them out to forward ports")
        }
        guard client.admission.limits.allowsPortForwarding else {
            return refuse("your key forwards no ports: its line says no-port-forwarding or restrict")
        }
        guard role.may(.forward) else {
            return refuse("your role in \(session) is \(role.name), which forwards no ports")
        }
        let plan =
            role.may(.create)
            ? client.door.plan(
                for: session, environment: address.environment, size: nil, locale: [], by: client.who) : nil
        return .success(ForwardRight(session: session, plan: plan))
    }
}
