package import Platform
package import SessionModel
import SystemPackage

/// Who connected to the local socket, as the kernel says.
package struct LocalPeer: Hashable, Sendable {
    /// The user's.
    package let number: UInt32
    package let process: ProcessID

    /// Asks the kernel about a socket's other end; `nil` for one that it does not know, as from another PID namespace.
    package init?(of socket: borrowing OwnedDescriptor) {
        guard let number = LocalSocket.user(of: socket.borrowed), let process = LocalSocket.peer(of: socket.borrowed)
        else { return nil }
        self.number = number
        self.process = process
    }

    /// Asks the password database, which may take a while.
    package var user: LocalUser { LocalUser(number: number, name: Account.of(number).name) }
}
