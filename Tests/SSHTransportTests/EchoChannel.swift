import SSHTransport
import SessionModel

/// What the test server does on a channel, by the command's first word.
///
/// `echo`: what came. `status N`: ends with N. `signal`: ends by one. `environment`, `terminal`: what was asked for.
/// `errors`: both streams. `produce N`: N bytes of a pattern. `swallow`: how much came, and a checksum. `deaf`: reads
/// nothing. `wait`: reads and stays. A shell and the subsystem `echo` echo.
final class EchoChannel: SSHChannelDelegate {
    private let recorder: Recorder
    private var words: [String]
    private var outbound: ArraySlice<UInt8> = []
    private var produced = 0
    private var toProduce = 0
    private var checksum = Checksum()
    private var hasEnded = false

    init(recorder: Recorder, words: [String] = []) {
        self.recorder = recorder
        self.words = words
    }

    func channel(
        _ channel: SSHChannel, started start: SSHStart, terminal: SSHTerminalRequest?,
        environment: [(name: String, value: String)]
    ) {
        recorder.note { $0.started.append(start) }
        if case .exec(let command) = start {
            words = String(decoding: command, as: UTF8.self).split(separator: " ").map(String.init)
        } else {
            words = ["echo"]
        }
        switch words.first {
        case "status": channel.finish(status: Int(words.last ?? "") ?? 255)
        case "signal": channel.finish(signal: "KILL")
        case "environment": answer(environment.map { "\($0.name)=\($0.value)\n" }.joined(), on: channel)
        case "terminal": answer(terminal.map { "\($0.term) \($0.columns)x\($0.rows)\n" } ?? "none\n", on: channel)
        case "errors":
            _ = channel.writeError(Array("bad".utf8)[...])
            answer("good", on: channel)
        case "deaf": channel.isReading = false
        case "produce":
            toProduce = Int(words.last ?? "") ?? 0
            flush(channel)
        default: break
        }
    }

    func channel(_ channel: SSHChannel, received bytes: [UInt8]) {
        recorder.note { $0.received += bytes.count }
        if words.first == "swallow" { checksum.add(bytes) }
        guard words.first == "echo" else { return }
        outbound += bytes
        flush(channel)
        // A server that reads what it can not write has no limit.
        if outbound.count > 1 << 16 { channel.isReading = false }
    }

    func channel(_ channel: SSHChannel, resizedTo columns: Int, rows: Int) {
        guard let size = TerminalSize(columns: columns, rows: rows) else { return }
        recorder.note { $0.sizes.append(size) }
    }

    func channel(_ channel: SSHChannel, signalled name: String) { recorder.note { $0.signals.append(name) } }

    func channelEndOfInput(_ channel: SSHChannel) {
        recorder.note { $0.endsOfInput += 1 }
        hasEnded = true
        if words.first == "swallow" { return answer("\(checksum.count) \(checksum.value)\n", on: channel) }
        flush(channel)
    }

    func channelHasRoom(_ channel: SSHChannel) { flush(channel) }

    func channelClosed(_ channel: SSHChannel) { recorder.note { $0.channelsClosed += 1 } }

    private func answer(_ text: String, on channel: SSHChannel) {
        outbound += Array(text.utf8)
        hasEnded = true
        words = ["echo"]
        flush(channel)
    }

    private func flush(_ channel: SSHChannel) {
        // Always more than a write takes, so that the channel says when it takes more.
        if produced < toProduce, outbound.count < 1 << 18 {
            let count = min(toProduce - produced, 1 << 19)
            outbound += Pattern.bytes(from: produced, count: count)
            produced += count
        }
        outbound = outbound.dropFirst(channel.write(outbound))
        if outbound.count < 1 << 15 { channel.isReading = words.first != "deaf" }
        let isDone = outbound.isEmpty && produced == toProduce
        guard isDone, hasEnded || words.first == "produce" else { return }
        channel.finish(status: 0)
    }
}

/// Bytes that say where they belong: no shift goes unnoticed.
enum Pattern {
    static func bytes(from offset: Int, count: Int) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            for index in 0..<count {
                let position = UInt32(truncatingIfNeeded: offset + index)
                buffer[index] = UInt8(truncatingIfNeeded: (position &* 2_654_435_761) >> 24)
            }
            initialized = count
        }
    }
}

/// FNV-1a, over everything added.
struct Checksum {
    private(set) var value: UInt64 = 0xcbf2_9ce4_8422_2325
    private(set) var count = 0

    mutating func add(_ bytes: [UInt8]) {
        count += bytes.count
        for byte in bytes { value = (value ^ UInt64(byte)) &* 0x100_0000_01b3 }
    }
}
