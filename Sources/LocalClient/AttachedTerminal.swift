import Control
import Platform
import ScreenModel
import SystemPackage
import Wire

/// This process's terminal, attached to a session until one of both is over; then it is as it was before.
final class AttachedTerminal {
    private static let backlogLimit = 64 * 1_024
    /// How long the terminal may take to show the last words.
    private static let patience = Duration.seconds(2)
    private static let endings = [Signals.terminate, Signals.hangUp, Signals.interrupt, Signals.quit]

    private let loop: EventLoop
    private let stream: ServerStream
    private let settings: TerminalSettings
    private let writer: TerminalWriter
    private var signals: SignalSource?
    private var input: InputSource?
    private var decoder = FrameDecoder(bodyLimit: LocalMessage.bodyLimit)
    /// What the server began with, until it is known to be no refusal.
    private var start: [UInt8]? = []
    private var outcome: Result<Int32, ClientFailure>?
    private var hasShown = false
    private var complaint: [UInt8] = []

    init(_ address: String, over socket: consuming OwnedDescriptor, on loop: EventLoop) throws {
        guard let settings = TerminalSettings(of: .standardInput), TerminalSettings(of: .standardOutput) != nil else {
            throw ClientFailure.usage(
                "to attach needs a terminal; 'cmdop run NAME COMMAND' and 'cmdop control NAME' need none")
        }
        self.loop = loop
        self.settings = settings
        writer = TerminalWriter(try settings.reopenToWrite(), on: loop)
        stream = try ServerStream(socket, on: loop)
        let size = settings.size
        let face = LocalHello.Face.attach(
            address: address, term: Locale.variable("TERM") ?? "", columns: size.columns, rows: size.rows)
        stream.send(LocalHello(face, environment: Locale.variables).encoded)
    }

    /// - Returns: the exit status.
    func run() throws -> Int32 {
        signals = try SignalSource(Self.endings + [Signals.windowChange, Signals.resume], on: loop) { [weak self] in
            self?.handle($0)
        }
        stream.received = { [weak self] in self?.received($0) }
        stream.ended = { [weak self] in self?.end(.failure(.noServer("the server went away; sessions go on"))) }
        writer.drained = { [weak self] in self?.terminalDrained() }
        let input = InputSource(.standardInput, on: loop, received: { [weak self] in self?.typed($0) }) { [weak self] in
            self?.end(.failure(.noServer("the terminal is gone")))
        }
        self.input = input
        stream.drained = { [weak input] in input?.isReading = true }
        settings.makeRaw()
        input.start()
        loop.run()
        // What did not end by the server's own word leaves the terminal to us.
        if case .failure = outcome, hasShown { writer.writeLast(TerminalReset.end + Array("\r\n".utf8)) }
        settings.restore()
        if !complaint.isEmpty { _ = try? FileDescriptor.standardError.writeAll(complaint) }
        return try outcome?.get() ?? ClientFailure.noServer("").status
    }

    // MARK: The person

    private func typed(_ bytes: [UInt8]) {
        stream.send(LocalMessage.input(bytes).encoded)
        if stream.backlog > Self.backlogLimit { input?.isReading = false }
    }

    private func handle(_ signal: CInt) {
        switch signal {
        case Signals.windowChange: sendSize()
        case Signals.resume:
            settings.makeRaw()
            sendSize()
        default:
            outcome = .failure(.noServer("ended by signal \(signal); the session goes on"))
            loop.stop()
        }
    }

    private func sendSize() {
        let size = settings.size
        stream.send(
            LocalMessage.resize(columns: UInt16(clamping: size.columns), rows: UInt16(clamping: size.rows)).encoded)
    }

    // MARK: The server

    private func received(_ bytes: [UInt8]) {
        guard outcome == nil else { return }
        if var start {
            start += bytes
            self.start = start
            // A frame's first byte is 0, a refusal's is a brace.
            guard start.first == 0x7B else {
                self.start = nil
                return take(start)
            }
            guard let end = start.firstIndex(of: 0x0A) else { return }
            let sentence =
                LocalRefusal(parsing: start[..<end])?.sentence ?? "the server says what this program can not read"
            return self.end(.failure(.refused(sentence)))
        }
        take(bytes)
    }

    private func take(_ bytes: [UInt8]) {
        decoder.append(bytes)
        do {
            while let frame = try decoder.next() {
                switch try LocalMessage(decoding: frame) {
                case .output(let bytes): show(bytes)
                case .errors(let bytes): complaint += bytes.filter { $0 != 0x0D }
                case .ended(let status): return end(.success(Int32(status)))
                case .input, .resize: throw WireError.unknownKind(frame.kind)
                }
            }
        } catch {
            end(.failure(.noServer("the server says what this program can not read: \(error)")))
        }
    }

    private func show(_ bytes: [UInt8]) {
        hasShown = true
        writer.write(bytes)
        if writer.backlog > Self.backlogLimit { stream.isReading = false }
    }

    private func terminalDrained() {
        stream.isReading = true
        if outcome != nil { loop.stop() }
    }

    /// Ends when the terminal has shown everything, or soon.
    private func end(_ outcome: Result<Int32, ClientFailure>) {
        guard self.outcome == nil else { return }
        self.outcome = outcome
        guard writer.backlog > 0 else { return loop.stop() }
        loop.schedule(after: Self.patience) { [loop] in loop.stop() }
    }
}
