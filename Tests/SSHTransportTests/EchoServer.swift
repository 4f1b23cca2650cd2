import Logging
import Platform
import SSHTransport
import SessionModel
import Synchronization
import SystemPackage
import TestKit

/// A small server of this module's classes on a loop of its own: what clients ask it to run is in ``EchoChannel``.
final class EchoServer: Sendable {
    /// What the server saw, from any thread.
    struct Record: Sendable {
        var accepted = 0
        var closed: [SSHCloseReason] = []
        var admitted: [(user: String, fingerprint: Fingerprint)] = []
        var asked: [Fingerprint] = []
        var started: [SSHStart] = []
        var signals: [String] = []
        var sizes: [TerminalSize] = []
        var received = 0
        var endsOfInput = 0
        var channelsClosed = 0
        var channelsOpened = 0
        var connects: [String] = []
        var listening: [String] = []
        var offersRefused = 0
    }

    let thread: LoopThread
    let port: UInt16
    let directory: TemporaryDirectory
    private let recorder: Recorder
    private let door: LoopBound<EchoDoor>

    /// - Parameter admitting: the fingerprints that may come in.
    init(admitting fingerprints: [String], limits: SSHLimits = SSHLimits()) async throws {
        thread = try LoopThread()
        directory = try TemporaryDirectory()
        let hostKey = try directory.path("host")
        try SSHHostKeys.createHostKey(at: hostKey)
        let recorder = Recorder()
        let loop = thread.loop
        door = try await thread.run {
            let door = try EchoDoor(loop: loop, hostKey: hostKey, limits: limits, recorder: recorder)
            door.admitted = Set(fingerprints)
            return LoopBound(door, on: loop)
        }
        let bound = door
        port = await thread.run { bound.get().port }
        self.recorder = recorder
    }

    var record: Record { recorder.value }

    /// Runs work with what lives on the loop.
    func with<Value: Sendable>(_ work: @escaping @Sendable (EchoDoor) -> Value) async -> Value {
        let bound = door
        return await thread.run { work(bound.get()) }
    }

    func client(_ key: SSHKeyPair, options: [String] = []) -> SSHClient {
        SSHClient(port: port, key: key, options: options)
    }
}

/// Facts that the loop writes and tests read.
final class Recorder: Sendable {
    private let record = Mutex(EchoServer.Record())
    var value: EchoServer.Record { record.withLock { $0 } }
    func note(_ change: (inout EchoServer.Record) -> Void) { record.withLock { change(&$0) } }
}

/// Lets connections in; confined to the loop.
final class EchoDoor {
    let loop: EventLoop
    let recorder: Recorder
    var admitted: Set<String> = []
    var forwards = Forwards.refuse(.prohibited, "forwards are not offered here")
    private(set) var connections: [ObjectIdentifier: SSHConnection] = [:]
    private let hostKeys: SSHHostKeys
    private let limits: SSHLimits
    private var listener: SSHListener?

    init(loop: EventLoop, hostKey: String, limits: SSHLimits, recorder: Recorder) throws {
        self.loop = loop
        self.limits = limits
        self.recorder = recorder
        hostKeys = try SSHHostKeys(hostKeyFiles: [hostKey])
        listener = try SSHListener(on: "127.0.0.1:0", loop: loop) { [self] socket, address in
            accept(socket, from: address)
        }
    }

    var port: UInt16 { listener?.port ?? 0 }

    private func accept(_ socket: consuming OwnedDescriptor, from address: String) {
        recorder.note { $0.accepted += 1 }
        let connection = try? SSHConnection(
            accepting: socket, peer: address, on: loop, hostKeys: hostKeys, limits: limits,
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }), delegate: self)
        guard let connection else { return recorder.note { $0.closed.append(.peerLeft("at once")) } }
        connections[ObjectIdentifier(connection)] = connection
    }
}

extension EchoDoor: SSHConnectionDelegate {
    func connection(_ connection: SSHConnection, wouldAdmit key: OfferedKey, user: String) -> Bool {
        recorder.note { $0.asked.append(key.fingerprint) }
        return admitted.contains(key.fingerprint.text)
    }

    func connection(_ connection: SSHConnection, admit key: VerifiedKey, user: String) -> Bool {
        guard admitted.contains(key.fingerprint.text) else { return false }
        recorder.note { $0.admitted.append((user, key.fingerprint)) }
        return true
    }

    func connection(_ connection: SSHConnection, accepts start: SSHStart, terminal: SSHTerminalRequest?) -> Bool {
        if case .subsystem(let name) = start { return name == "echo" }
        return true
    }

    func connection(_ connection: SSHConnection, opened channel: SSHChannel) {
        recorder.note { $0.channelsOpened += 1 }
        channel.delegate = EchoChannel(recorder: recorder)
    }

    func connection(_ connection: SSHConnection, asksToConnect request: SSHOpenRequest) {
        recorder.note { $0.connects.append("\(request.host):\(request.port)") }
        switch forwards {
        case .refuse(let reason, let sentence): request.refuse(reason, sentence)
        case .accept:
            // Later, as whoever has to ask somebody else does.
            loop.schedule(after: .milliseconds(1)) { [recorder] in
                request.accept()?.delegate = EchoChannel(recorder: recorder, words: ["echo"])
            }
        }
    }

    func connection(_ connection: SSHConnection, asksToListen request: SSHListenRequest) {
        guard case .accept = forwards else { return request.refuse() }
        recorder.note { $0.listening.append("\(request.address):\(request.port)") }
        request.succeed(port: 4_711)
    }

    func connectionClosed(_ connection: SSHConnection, reason: SSHCloseReason) {
        connections[ObjectIdentifier(connection)] = nil
        recorder.note { $0.closed.append(reason) }
    }
}

extension EchoDoor {
    /// What becomes of wishes to forward.
    enum Forwards {
        case refuse(SSHOpenRequest.Refusal, String)
        case accept
    }

    /// Offers a channel to every client, and says something on it.
    func offer(_ address: String, port: UInt16, saying text: String) {
        let offer = SSHForwardedOffer(address: address, port: port, originator: "192.0.2.1", originatorPort: 5)
        for connection in connections.values {
            connection.offer(offer) { [recorder] channel in
                guard let channel else { return recorder.note { $0.offersRefused += 1 } }
                channel.delegate = EchoChannel(recorder: recorder, words: ["echo"])
                _ = channel.write(Array(text.utf8)[...])
                channel.sendEndOfOutput()
            }
        }
    }
}
