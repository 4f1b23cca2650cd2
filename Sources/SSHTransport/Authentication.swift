import SessionModel

/// Who a client is, as far as it proved it. libssh counts nothing and keeps no user name between two requests.
struct Authentication {
    enum Answer: Hashable {
        case granted
        case refused
        /// Refused, and the connection is over.
        case ended(SSHCloseReason)
    }

    /// What was proved; there is no way back from it.
    struct Admitted {
        let user: String
        let key: VerifiedKey
    }

    private let limits: SSHLimits
    private var boundUser: String?
    private var hasAskedForMethods = false
    private(set) var attempts = 0
    private(set) var queries = 0
    private(set) var admitted: Admitted?

    init(limits: SSHLimits) { self.limits = limits }

    /// Who asks, where they may be asked for; the answer where it is one already.
    enum Question: Hashable {
        case of(user: String)
        case answered(Answer)
    }

    /// A key is named without a signature. Whatever comes of it grants nothing.
    mutating func query(user: String?) -> Question {
        guard let user = bind(user) else { return .answered(refusalOfName(user)) }
        queries += 1
        return queries <= limits.keyQueries ? .of(user: user) : .answered(.ended(.tooManyQueries))
    }

    /// A key signed for the user.
    mutating func signature(user: String?) -> Question {
        guard let user = bind(user) else { return .answered(refusalOfName(user)) }
        return .of(user: user)
    }

    /// The key may come in as the user.
    mutating func admit(_ key: VerifiedKey, user: String) -> Answer {
        admitted = Admitted(user: user, key: key)
        return .granted
    }

    /// A method that nobody gets in by. The first `none` only asks which methods there are (RFC 4252 section 5.2).
    mutating func other(user: String?, isNone: Bool) -> Answer {
        guard bind(user) != nil else { return refusalOfName(user) }
        if isNone, !hasAskedForMethods {
            hasAskedForMethods = true
            return .refused
        }
        return failed()
    }

    /// Something that was refused without a look at who asks.
    mutating func failed() -> Answer {
        attempts += 1
        return attempts < limits.authAttempts ? .refused : .ended(.tooManyAttempts)
    }

    /// The user name, if it is the connection's first or the same again.
    private mutating func bind(_ user: String?) -> String? {
        guard admitted == nil, let user, !user.isEmpty, user.utf8.count <= limits.nameLength else { return nil }
        if boundUser == nil { boundUser = user }
        return boundUser == user ? user : nil
    }

    private mutating func refusalOfName(_ user: String?) -> Answer {
        if let boundUser, boundUser != user { return .ended(.userChanged) }
        return failed()
    }
}
