import Glibc
import Platform
import SystemPackage

/// Finds the server's local socket, and connects.
enum ServerSocket {
    private static let relative = ".state/local/socket"
    /// Where servers listen, the likeliest first. Only root can make the first two.
    private static let standard = ["/var/lib/cmdop/local/socket", "/run/cmdop/socket", relative]

    /// - Parameter named: the path, where the caller was told one.
    static func connect(named: String?) throws(ClientFailure) -> OwnedDescriptor {
        if let path = named {
            do throws(Errno) {
                return try LocalSocket.connect(path: path)
            } catch {
                throw failure(error, at: path)
            }
        }
        var worst: ClientFailure?
        for path in standard {
            do throws(Errno) {
                let socket = try LocalSocket.connect(path: path)
                if path != relative || isTrusted(socket) { return socket }
                worst = .noServer("\(path) belongs to another user; name it with --socket if that is right")
            } catch {
                if error != .noSuchFileOrDirectory { worst = worst ?? failure(error, at: path) }
            }
        }
        throw worst
            ?? .noServer(
                "there is no cmdop server on this machine: no socket at " + standard.joined(separator: ", ")
                    + ". Start one with 'cmdopd', or name its socket with --socket or CMDOP_SOCKET")
    }

    /// Whoever finds a socket in the directory where they happen to be sees only what their own user or root put there.
    private static func isTrusted(_ socket: borrowing OwnedDescriptor) -> Bool {
        let user = LocalSocket.user(of: socket.borrowed)
        return user == geteuid() || user == 0
    }

    private static func failure(_ error: Errno, at path: String) -> ClientFailure {
        switch error {
        case .noSuchFileOrDirectory, .notDirectory:
            .noServer("there is no socket at \(path): the server does not run, or listens elsewhere")
        case .connectionRefused: .noServer("nobody listens at \(path) any more: the server does not run")
        case .permissionDenied:
            .noServer(
                "user \(Account.current.name) may not use \(path); 'local-socket' in the server's configuration makes "
                    + "one that other users can reach")
        default: .noServer("can not connect to \(path): \(error)")
        }
    }
}
