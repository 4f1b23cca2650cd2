package import Platform
package import SystemPackage

/// Accepts connections on a local socket. Confined to its loop.
package final class LocalListener {
    package typealias Accept = (consuming OwnedDescriptor, LocalPeer) -> Void

    package let path: FilePath
    private let socket: OwnedDescriptor
    private var loop: EventLoop?

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

    func start(on loop: EventLoop, _ accept: @escaping Accept) throws(Errno) {
        self.loop = loop
        let listening = socket.borrowed
        try loop.watch(listening, for: .readable) { _ in
            while let socket = try? LocalSocket.acceptAnybody(from: listening) {
                guard let peer = LocalPeer(of: socket) else { continue }
                accept(socket, peer)
            }
        }
    }

    func stop() {
        loop?.unwatch(socket.borrowed)
        loop = nil
    }
}
