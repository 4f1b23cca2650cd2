import Platform
import SSHTransport
import Synchronization
import TestKit
import Testing

@Suite("Listening")
struct ListenerTests {
    let thread: LoopThread

    init() throws { thread = try LoopThread() }

    @Test("both families listen on one port, and a client is known by its address")
    func bothFamilies() async throws {
        let loop = thread.loop
        let addresses = Notes<String>()
        let ports = try await thread.run {
            let first = try SSHListener(on: "127.0.0.1:0", loop: loop) { _, address in addresses.add(address) }
            let second = try SSHListener(on: "[::1]:\(first.port)", loop: loop) { _, address in addresses.add(address) }
            return [first.port, second.port]
        }
        #expect(ports[0] == ports[1])
        let client = try RawClient(port: ports[0])
        try await eventually("the connection") { addresses.all == ["127.0.0.1"] }
        #expect(client.receiveAll().isEmpty)
    }

    @Test("a port that is taken is refused with a sentence that says what to do")
    func takenPort() async throws {
        let loop = thread.loop
        let message = await thread.run {
            do {
                let first = try SSHListener(on: "127.0.0.1:0", loop: loop) { _, _ in }
                _ = try SSHListener(on: "127.0.0.1:\(first.port)", loop: loop) { _, _ in }
                return "both listen"
            } catch {
                return "\(error)"
            }
        }
        #expect(message.hasPrefix("another server listens on 127.0.0.1:"))
    }

    @Test(
        "an address that is none is refused", arguments: ["", "2222", "localhost:22", "127.0.0.1", "::1:22", "[::1:22"])
    func addresses(_ text: String) async throws {
        let loop = thread.loop
        let message = await thread.run {
            do {
                _ = try SSHListener(on: text, loop: loop) { _, _ in }
                return "listens"
            } catch {
                return "\(error)"
            }
        }
        #expect(message.contains("is not an address to listen on"))
    }

    @Test("a listener that stopped takes nobody")
    func stop() async throws {
        let loop = thread.loop
        let port = try await thread.run {
            let listener = try SSHListener(on: "127.0.0.1:0", loop: loop) { _, _ in }
            let port = listener.port
            listener.stop()
            return port
        }
        #expect(throws: TestKitError.self) { try RawClient(port: port) }
    }
}
