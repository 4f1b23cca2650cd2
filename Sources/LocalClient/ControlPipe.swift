import Control
import Platform
import SystemPackage

/// JSON-RPC, or MCP, between this process's standard streams and the server.
final class ControlPipe {
    private static let backlogLimit = 256 * 1_024

    private let loop: EventLoop
    private let stream: ServerStream
    private var input: InputSource?
    /// The first line, until it is known to be no refusal.
    private var first: [UInt8]? = []
    private var hasEndOfInput = false
    private var failure: ClientFailure?

    init(_ face: LocalHello.Face, over socket: consuming OwnedDescriptor, on loop: EventLoop) throws(Errno) {
        self.loop = loop
        stream = try ServerStream(socket, on: loop)
        stream.received = { [weak self] in self?.received($0) }
        stream.ended = { loop.stop() }
        stream.drained = { [weak self] in self?.input?.isReading = true }
        stream.send(LocalHello(face, environment: Locale.variables).encoded)
    }

    func run() throws(ClientFailure) {
        let input = InputSource(.standardInput, on: loop, received: { [weak self] in self?.send($0) }) { [weak self] in
            self?.hasEndOfInput = true
            self?.stream.finishSending()
        }
        self.input = input
        input.start()
        loop.run()
        if let first, !first.isEmpty { write(first) }
        if let failure { throw failure }
        if !hasEndOfInput { throw .noServer("the server went away") }
    }

    private func send(_ bytes: [UInt8]) {
        stream.send(bytes)
        if stream.backlog > Self.backlogLimit { input?.isReading = false }
    }

    private func received(_ bytes: [UInt8]) {
        guard var line = first else { return write(bytes) }
        line += bytes
        first = line
        guard let end = line.firstIndex(of: 0x0A) else { return }
        first = nil
        if let refusal = LocalRefusal(parsing: line[..<end]) {
            failure = .refused(refusal.sentence)
            return loop.stop()
        }
        write(line)
    }

    /// Waits for whoever reads: the server is not asked for more than they take.
    private func write(_ bytes: [UInt8]) {
        guard (try? FileDescriptor.standardOutput.writeAll(bytes)) != nil else { return loop.stop() }
    }
}
