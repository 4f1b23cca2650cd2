/// The user of this machine whose process is at the other end of a local socket, as the kernel says.
package struct LocalUser: Hashable, Sendable {
    package let number: UInt32
    /// As the password database has it, else the number.
    package let name: String

    package init(number: UInt32, name: String) {
        self.number = number
        self.name = name
    }
}

/// Evidence that the kernel named a local socket's user (SO_PEERCRED, unix(7)). Made only where the kernel was asked;
/// spent once.
package struct PeerCredential: ~Copyable {
    package let user: LocalUser
    package init(user: LocalUser) { self.user = user }
}

/// Which operator a user of this machine is, on the local socket.
package struct LocalUsers: Hashable, Sendable {
    /// By the user's name, or by its number in decimal.
    package var operators: [String: String]

    package init(_ operators: [String: String] = [:]) { self.operators = operators }

    /// The operator's name; `nil` for a user who is none.
    package func `operator`(for user: LocalUser) -> String? { operators[user.name] ?? operators["\(user.number)"] }
}
