import Foundation
import SessionModel
import TestKit
import Wire

/// A session whose host is made to stall in one of its system calls while three operators type.
///
/// strace(1) delays the call. Everybody types letters of their own, so that the record shows whose they are.
final class StalledHost {
    /// What the shell is doing while they type.
    enum Reader: String, CaseIterable {
        /// The shell reads: keys bring marks, half-typed lines and announcements.
        case prompt
        /// A program reads key by key and writes down what it got.
        case program
    }

    private static let observer = Reference(rawValue: 9)
    /// Who types, with which letters; the last one leads.
    private static let cast: [(name: String, letters: String, role: Role)] = [
        ("ada", "abcdefgh", .operator), ("ben", "ijklmnop", .operator), ("cat", "qrstuvwx", .lead),
    ]
    private static let program = """
        import os, sys, tty
        tty.setraw(0)
        got = open(sys.argv[1], 'wb', buffering=0)
        os.write(1, b'\\x1b[?2004hread' + b'ing')
        while True:
            piece = os.read(0, 65536)
            got.write(piece)
            if b'Z' in piece: break
        """

    private let server: ServerUnderTest
    private let session: String
    private let reader: Reader
    private let directory: TemporaryDirectory
    private let watcher: BareFrontEnd
    private var frontEnds: [BareFrontEnd] = []
    private var descriptions = 0
    /// Every letter that was typed, in order, by name.
    private var typed: [String: [UInt8]] = [:]

    let host: pid_t

    /// - Parameter server: has the session already, with somebody attached to it.
    init(_ session: String, reader: Reader, on server: ServerUnderTest) async throws {
        self.server = server
        self.session = session
        self.reader = reader
        directory = try TemporaryDirectory()
        guard let pid = server.hostPIDs()[session] else {
            throw TestKitError.missing("a host of \(session)", advice: "start the session first")
        }
        host = pid
        watcher = try BareFrontEnd(of: server, session: session)
        for index in Self.cast.indices { frontEnds.append(try await attached(index)) }
        guard reader == .program else { return }
        let file = try directory.write(Self.program, to: "reader.py")
        try frontEnds[2].type("python3 \(file) \(directory.path)/got\r", as: Reference(rawValue: 2))
        try await eventually("the reader") {
            try record.output.firstRange(of: Array("reading".utf8)) != nil
        }
    }

    private func attached(_ index: Int) async throws -> BareFrontEnd {
        let frontEnd = try BareFrontEnd(of: server, session: session)
        let (name, _, role) = Self.cast[index]
        try await frontEnd.attach(name, as: Reference(rawValue: UInt32(index)), role: role)
        return frontEnd
    }

    private var record: SessionRecord { get throws { try SessionRecord(of: session, on: server) } }

    // MARK: Typing

    /// Types for a while; with each act one call of the host stalls.
    func type(acts: Int, stalling call: String, for stall: Duration) async throws {
        for act in 0..<acts {
            // Which of the calls that a key brings is stalled goes round. The second write of the first key is the one
            // into the journal.
            let tracer = try await Tracer(host, call, number: (act + 1) % 4 + 1, stall)
            let index = act % Self.cast.count
            try await self.act(act / Self.cast.count, by: index)
            try await untilServed()
            try await tracer.detach()
        }
    }

    private func act(_ kind: Int, by index: Int) async throws {
        let reference = Reference(rawValue: UInt32(index))
        switch kind % 6 {
        case 0: try type(1, by: index)
        case 1:
            try frontEnds[index].send(.take(reference))
            try type(3, by: index)
        case 2:
            try frontEnds[index].send(.take(reference))
            try frontEnds[index].type("\u{1B}[200~", as: reference)
            try type(5, by: index)
            try frontEnds[index].type("\u{1B}[201~", as: reference)
        case 3:
            try type(1, by: index)
            try frontEnds[index].send(.release(reference))
        case 4:
            try type(2, by: index)
            try frontEnds[index].send(.detach(reference))
            frontEnds[index] = try await attached(index)
        default:
            // Gone in the middle of a paste; the session closes it, or its author when they are back.
            try frontEnds[index].send(.take(reference))
            try frontEnds[index].type("\u{1B}[200~", as: reference)
            try type(2, by: index)
            frontEnds[index].close()
            frontEnds[index] = try await attached(index)
        }
    }

    private func type(_ count: Int, by index: Int) throws {
        let (name, letters, _) = Self.cast[index]
        let bytes = (0..<count).map { _ in letters.utf8.randomElement() ?? 0 }
        typed[name, default: []] += bytes
        for byte in bytes {
            try frontEnds[index].type(String(UnicodeScalar(byte)), as: Reference(rawValue: UInt32(index)))
        }
    }

    /// The host has dealt with what was sent before: it answers a question behind that.
    private func untilServed() async throws {
        for frontEnd in frontEnds + [watcher] {
            func answers() -> Int {
                frontEnd.messages.count { if case .description = $0 { true } else { false } }
            }
            let before = answers()
            try frontEnd.send(.describe(Self.observer))
            try await frontEnd.waitFor("an answer of the host") { _ in answers() > before }
        }
    }

    // MARK: What became of it

    /// - Returns: what is wrong, in sentences.
    func faults() async throws -> [String] {
        var faults: [String] = []
        let inputs = try record.inputs
        for (name, letters, _) in Self.cast {
            let all = Set(letters.utf8)
            let others = Set(Self.cast.filter { $0.name != name }.flatMap(\.letters.utf8))
            let own = inputs.filter { $0.who.name == name }.flatMap(\.letters)
            // The line that starts the reader is everybody's letters.
            let acted = reader == .program && name == "cat" ? own.afterFirstLine : own
            if acted.contains(where: others.contains) { faults.append("\(name) is on record with others' letters") }
            if !acted.filter(all.contains).isSubsequence(of: typed[name] ?? []) {
                faults.append("\(name) typed something else than is on record")
            }
        }
        if try !record.isGapless { faults.append("the record has a gap") }
        try await end(&faults)
        return faults
    }

    /// The lead ends what is being typed, and the shell runs one more command.
    private func end(_ faults: inout [String]) async throws {
        let cat = Reference(rawValue: 2)
        try frontEnds[2].send(.take(cat))
        try frontEnds[2].type(reader == .program ? "Z" : "\u{15}", as: cat)
        if reader == .program {
            try await eventually("the reader's end") { try record.got.last == UInt8(ascii: "Z") && got == record.got }
        }
        try frontEnds[2].type("\u{15}echo fin-$((6*7))\r", as: cat)
        try await eventually("the shell's answer") {
            try record.output.firstRange(of: Array("fin-42".utf8)) != nil
        }
        if server.hostPIDs()[session] != host { faults.append("the host is another or none") }
    }

    /// What the reader read.
    private var got: [UInt8] {
        (try? Data(contentsOf: directory.url.appendingPathComponent("got"))).map(Array.init) ?? []
    }
}

/// strace(1) on a process, which delays one call.
private struct Tracer {
    private let command: RunningCommand
    private let pid: pid_t

    /// - Parameter number: which of the calls from now on.
    init(_ pid: pid_t, _ call: String, number: Int, _ stall: Duration) async throws {
        self.pid = pid
        let delay = stall.components.seconds * 1_000_000 + stall.components.attoseconds / 1_000_000_000_000
        command = try RunningCommand([
            "strace", "-qq", "-o", "/dev/null", "-p", "\(pid)", "-e", "trace=\(call)",
            "-e", "inject=\(call):delay_enter=\(delay):when=\(number)",
        ])
        try await eventually("strace", seen: { [command] in command.errorTranscript.tail }) { isTraced }
    }

    private var isTraced: Bool {
        let status = (try? String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8)) ?? ""
        return !status.contains("TracerPid:\t0\n")
    }

    func detach() async throws {
        command.process.kill(SIGINT)
        try await eventually("the end of strace") { command.process.exitStatus != nil }
    }
}

extension SessionRecord {
    /// What a program that reads everything got since the line that started it, by the record.
    fileprivate var got: [UInt8] {
        var got: [(turn: TurnNumber, bytes: [UInt8])] = []
        for entry in entries {
            switch entry.record {
            case .input(let input): got.append((input.turn, input.letters))
            case .inputCut(let turn, let count):
                guard let last = got.lastIndex(where: { $0.turn == turn }) else { continue }
                got[last].bytes.removeLast(min(Int(count), got[last].bytes.count))
            case .pasteClosed(let turn): got.append((turn, Array("\u{1B}[201~".utf8)))
            default: break
            }
        }
        return got.flatMap(\.bytes).afterFirstLine
    }
}

extension InputRecord {
    fileprivate var letters: [UInt8] { if case .bytes(let bytes) = content { bytes } else { [] } }
}

extension [UInt8] {
    fileprivate var afterFirstLine: [UInt8] {
        firstIndex(of: 0x0D).map { Array(self[index(after: $0)...]) } ?? self
    }

    fileprivate func isSubsequence(of others: [UInt8]) -> Bool {
        var rest = others[...]
        for byte in self {
            guard let index = rest.firstIndex(of: byte) else { return false }
            rest = rest[(index + 1)...]
        }
        return true
    }
}
