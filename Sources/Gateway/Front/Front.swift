import HostClient
import Logging
import Observability
import Platform
import SSHTransport
import SessionModel
import SystemPackage

/// One loop of the gateway, as the others see it. What it holds is touched on its loop alone.
actor Front {
    nonisolated let loop: EventLoop
    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    private var door: FrontDoor?

    init(loop: EventLoop) { self.loop = loop }

    func open(_ setup: GatewaySetup, launcher: Launcher.PortBox) throws {
        door = try FrontDoor(setup, loop: loop, launcher: launcher)
    }

    func accept(_ socket: consuming OwnedDescriptor, from peer: String, _ pass: ConnectionGate.Pass) {
        door?.accept(socket, from: peer, pass)
    }

    func accept(_ socket: consuming OwnedDescriptor, from peer: LocalPeer, _ place: LocalGate.Place) {
        door?.accept(socket, from: peer, place)
    }

    func apply(_ access: Access) { door?.apply(access) }

    /// The server listens on it.
    func note(serverPort: UInt16) { door?.serverPorts.append(serverPort) }

    func drain() { door?.drain() }

    var connectionCount: Int { door?.connectionCount ?? 0 }
}
