import Control
package import Platform
package import SystemPackage

/// Accepts connections on a local socket. Confined to its loop.
package final class LocalListener {
    package typealias Accept = (consuming OwnedDescriptor, LocalPeer) -> Void

    package let path: FilePath
    private let socket: OwnedDescriptor
    private var acceptor: Acceptor?
    /// How many are accepted in one round of the loop.
    private static let burst = 16
    static let refusal = LocalRefusal("too many connections are open on the local socket; close some first").encoded

    /// The socket `local/socket` in the state directory, where only the server's own user and root come.
    package init(below state: FilePath) throws {
        path = state.appending("local").appending("socket")
        let directory = try StateDirectory.open(state.appending("local").string)
        socket = try LocalSocket.listen(in: directory, as: "socket")
    }

    /// A socket that every user of the machine can reach.
    package init(sharedAt path: FilePath) throws {
        self.path = path
        let directory = try StateDirectory.openShared(path.removingLastComponent().string)
        let name = path.lastComponent?.string ?? "socket"
        socket = try LocalSocket.listen(in: directory, as: name)
        try LocalSocket.openToAll(in: directory, as: name)
    }

    /// - Parameter starved: called when a connection was refused for want of a descriptor.
    func start(
        on loop: EventLoop, starved: @escaping (Errno) -> Void, _ accept: @escaping Accept
    ) throws(Errno) {
        acceptor = try Acceptor(on: socket.borrowed, loop: loop, burst: Self.burst, refusal: Self.refusal) { socket in
            // Who is gone already costs nothing more.
            guard socket.borrowed.arrival != .end, let peer = LocalPeer(of: socket) else { return }
            accept(socket, peer)
        }
        acceptor?.starved = starved
    }

    func stop() {
        acceptor?.stop()
        acceptor = nil
    }
}
