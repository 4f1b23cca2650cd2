import Control
import Environment
import HostClient
import Platform
import SessionModel
import SystemPackage
import Wire

/// A connection on the local socket: a line that says what it is to be, then one channel of that. Confined to its loop.
final class LocalChannel: ClientChannel {
    /// How its bytes are put.
    private enum Form {
        /// The first line is not there yet.
        case hello
        /// An answer that goes out whole, at the end.
        case verb(VerbAnswer)
        case lines
        case frames
    }

    /// Bytes that wait for a client that does not read, besides what the kernel holds.
    private static let queueLimit = 64 * 1_024
    private static let kernelLimit = 32 * 1_024

    var handler: (any ClientChannelDelegate)?
    /// Called once, with the first line.
    var greeted: ((Result<LocalHello, LocalRefusal>) -> Void)?
    /// Has the first line read when its turn comes: what it asks for may cost much.
    var awaitTurn: ((@escaping () -> Void) -> Void)?
    private var waitsForTurn = false
    /// Called once, when the connection is over.
    var gone: (() -> Void)?
    var isReading = true { didSet { if isReading != oldValue { rewatch() } } }

    private let socket: OwnedDescriptor
    private let loop: EventLoop
    private var form = Form.hello
    private var line: [UInt8] = []
    private var decoder = FrameDecoder(bodyLimit: LocalMessage.bodyLimit)
    private var outgoing: [UInt8] = []
    private var isStarved = false
    private var hasEndOfInput = false
    private var hasFinished = false
    private var isGone = false

    init(_ socket: consuming OwnedDescriptor, on loop: EventLoop) throws(Errno) {
        self.socket = socket
        self.loop = loop
        LocalSocket.limitSending(on: self.socket.borrowed, to: Self.kernelLimit)
        try loop.watch(self.socket.borrowed, for: .readable) { [weak self] in self?.handle($0) }
    }

    deinit { if !isGone { loop.unwatch(socket.borrowed) } }

    /// Whether who connected runs inside a session of this server.
    func isFromInside(_ store: SessionStore) -> Bool {
        guard let peer = LocalSocket.peer(of: socket.borrowed) else { return true }
        let isInGroup = ControlGroup.groupNames(of: peer).contains { name in
            let end = name.lastIndex(of: "-") ?? name.startIndex
            guard let session = SessionName(String(name[..<end])) else { return false }
            return SessionGroup.name(in: store.path(of: session)) == name
        }
        return isInGroup || SessionAncestry.isPeerInside(of: socket.borrowed, ofSessionsIn: store.sessionsDirectory)
    }

    var isOpen: Bool { !isGone && !hasFinished }

    // MARK: Writing

    var room: Int {
        guard isOpen else { return 0 }
        if case .verb = form { return Int.max }
        let room = max(0, Self.queueLimit - outgoing.count)
        if room == 0 { isStarved = true }
        return room
    }

    func write(_ bytes: UnsafeRawBufferPointer) -> Int { write(Array(bytes)[...]) }

    func write(_ bytes: ArraySlice<UInt8>) -> Int { write(bytes, asErrors: false) }

    func writeError(_ bytes: ArraySlice<UInt8>) -> Int { write(bytes, asErrors: true) }

    private func write(_ bytes: ArraySlice<UInt8>, asErrors: Bool) -> Int {
        guard isOpen, !bytes.isEmpty else { return 0 }
        let piece = bytes.prefix(room)
        if piece.count < bytes.count { isStarved = true }
        guard !piece.isEmpty else { return 0 }
        switch form {
        case .hello: return 0
        case .verb(var answer):
            let text = ByteString(piece).carried
            if asErrors { answer.complaint += text } else { answer.text += text }
            form = .verb(answer)
        case .lines: outgoing += asErrors ? LocalRefusal(Self.sentence(of: piece)).encoded : Array(piece)
        case .frames: outgoing += (asErrors ? LocalMessage.errors(Array(piece)) : .output(Array(piece))).encoded
        }
        flush()
        return piece.count
    }

    /// What a face without a stream for errors says of them.
    private static func sentence(of bytes: ArraySlice<UInt8>) -> String {
        let text = String(decoding: bytes, as: UTF8.self)
        return String((text.hasPrefix("cmdop: ") ? text.dropFirst(7) : text[...]).prefix { !$0.isNewline })
    }

    func finish(status: Int) {
        guard isOpen else { return }
        switch form {
        case .hello, .lines: break
        case .verb(var answer):
            answer.status = status
            outgoing += answer.encoded
        case .frames: outgoing += LocalMessage.ended(status: UInt8(truncatingIfNeeded: status)).encoded
        }
        close()
    }

    func close() {
        guard isOpen else { return }
        hasFinished = true
        flush()
    }

    /// Ends it now; what was not sent is lost.
    func abandon() {
        hasFinished = true
        outgoing = []
        loseLater()
    }

    /// Ends it with a sentence, before it became anything.
    func refuse(_ refusal: LocalRefusal) {
        guard isOpen else { return }
        outgoing += refusal.encoded
        close()
    }

    private func flush() {
        while !isGone, !outgoing.isEmpty {
            let outcome = outgoing.withUnsafeBytes { try? socket.borrowed.sendAvailable($0) }
            guard let outcome else { return loseLater() }
            guard case .completed(let count) = outcome, count > 0 else { break }
            outgoing.removeFirst(count)
        }
        if hasFinished, outgoing.isEmpty { return loseLater() }
        rewatch()
    }

    /// Nobody is told from inside a call of theirs.
    private func loseLater() {
        rewatch()
        loop.afterThisRound { [weak self] in self?.vanish() }
    }

    // MARK: Events

    private func rewatch() {
        guard !isGone, !waitsForTurn else { return }
        var interest: EventLoop.Readiness = []
        if isReading, !hasEndOfInput, !hasFinished { interest.insert(.readable) }
        // Whoever waits for room is told, also when the kernel has taken everything at once.
        if !outgoing.isEmpty || isStarved && !hasFinished { interest.insert(.writable) }
        loop.rewatch(socket.borrowed, for: interest)
    }

    private func handle(_ readiness: EventLoop.Readiness) {
        guard case .hello = form, let awaitTurn, outgoing.isEmpty else { return act(on: readiness) }
        guard !waitsForTurn else { return }
        waitsForTurn = true
        loop.rewatch(socket.borrowed, for: [])
        awaitTurn { [weak self] in self?.takeTurn() }
    }

    private func takeTurn() {
        waitsForTurn = false
        guard !isGone else { return }
        // Where the client has left, the loop says so again.
        act(on: .readable)
        rewatch()
    }

    private func act(on readiness: EventLoop.Readiness) {
        let isOver = readiness.contains(.hangup)
        if readiness.contains(.writable) { flush() }
        // What a client sent before it left still arrives.
        if readiness.contains(.readable) || isOver, !hasEndOfInput, !hasFinished { receive(all: isOver) }
        if isOver { return vanish() }
        if isStarved, isOpen, outgoing.count < Self.queueLimit {
            isStarved = false
            rewatch()
            handler?.channelHasRoom(self)
        }
    }

    private func receive(all: Bool) {
        var goesOn = true
        while goesOn, !isGone, !hasFinished {
            var bytes: [UInt8] = []
            let outcome = try? socket.borrowed.readAvailable(appendingTo: &bytes)
            switch outcome {
            case .completed: take(bytes)
            case .wouldBlock: return
            case .endOfStream, nil: return endOfInput()
            }
            goesOn = all
        }
    }

    private func endOfInput() {
        guard !hasEndOfInput else { return }
        hasEndOfInput = true
        rewatch()
        if case .hello = form { return vanish() }
        handler?.channelEndOfInput(self)
    }

    private func vanish() {
        guard !isGone else { return }
        isGone = true
        loop.unwatch(socket.borrowed)
        let (handler, gone) = (handler, gone)
        (self.handler, self.gone, greeted) = (nil, nil, nil)
        handler?.channelClosed(self)
        gone?()
    }

    // MARK: Bytes in

    private func take(_ bytes: [UInt8]) {
        switch form {
        case .hello: takeHello(bytes)
        case .verb: break
        case .lines: handler?.channel(self, received: bytes)
        case .frames: takeFrames(bytes)
        }
    }

    private func takeHello(_ bytes: [UInt8]) {
        line += bytes
        guard let end = line.firstIndex(of: 0x0A) else {
            if line.count > LocalHello.longest {
                greet(.failure(LocalRefusal("the first line has more than \(LocalHello.longest) bytes")))
            }
            return
        }
        let rest = Array(line[(end + 1)...])
        let first = line[..<end]
        line = []
        do throws(LocalRefusal) {
            let hello = try LocalHello(parsing: first)
            switch hello.face {
            case .verb: form = .verb(VerbAnswer(text: "", complaint: "", status: 0))
            case .control, .mcp: form = .lines
            case .attach: form = .frames
            }
            greet(.success(hello))
        } catch {
            greet(.failure(error))
        }
        if !rest.isEmpty { take(rest) }
    }

    private func greet(_ outcome: Result<LocalHello, LocalRefusal>) {
        let greeted = greeted
        self.greeted = nil
        greeted?(outcome)
    }

    private func takeFrames(_ bytes: [UInt8]) {
        decoder.append(bytes)
        do throws(WireError) {
            while isOpen, let frame = try decoder.next() {
                switch try LocalMessage(decoding: frame) {
                case .input(let bytes): handler?.channel(self, received: bytes)
                case .resize(let columns, let rows):
                    handler?.channel(self, resizedTo: Int(columns), rows: Int(rows))
                case .output, .errors, .ended: throw .unknownKind(frame.kind)
                }
            }
        } catch {
            close()
        }
    }
}
