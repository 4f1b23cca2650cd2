import Foundation
import TestKit
import Testing

/// Requests that no client would send, on files of a folder that is there for them.
private struct RandomRequests {
    private var random: SteadyNumbers
    private let names: [[UInt8]] = [
        Array("a".utf8), Array("b".utf8), Array("c".utf8), Array("c/d".utf8), Array("c/e".utf8), [], Array(".".utf8),
        Array("a\0b".utf8), [0xFF, 0xFE], [UInt8](repeating: 0x78, count: 5_000), Array("c/./d".utf8),
    ]
    private let extensions = [
        "posix-rename@openssh.com", "statvfs@openssh.com", "fstatvfs@openssh.com", "hardlink@openssh.com",
        "fsync@openssh.com", "lsetstat@openssh.com", "limits@openssh.com", "nothing@example.org",
    ]
    private let kinds = Array(UInt8(3)...20) + [200, 200, 200, 3, 3, 5, 6, 11, 12, 0, 2, 21, 101, 255]

    init(seed: UInt64) { random = SteadyNumbers(seed: seed) }

    /// Kind, id and the rest; now and then a part of it, or with a byte that is another.
    mutating func next(_ id: UInt32) -> [UInt8] {
        let kind = kinds.randomElement(using: &random) ?? 3
        var rest: [UInt8] = []
        switch kind {
        case 3: rest = name() + word(0...63) + attributes()
        case 4, 8, 12: rest = handle()
        case 5:
            rest = handle() + place() + word(0...(Int.random(in: 0..<20, using: &random) == 0 ? 0xFFFF_FFFF : 5_000))
        case 6: rest = handle() + place() + string(Array(repeating: 7, count: .random(in: 0...2_000, using: &random)))
        case 9, 14: rest = name() + attributes()
        case 10: rest = handle() + attributes()
        case 18, 20: rest = name() + name()
        case 200: rest = string(Array((extensions.randomElement(using: &random) ?? "").utf8)) + name() + name()
        default: rest = name()
        }
        if Int.random(in: 0..<10, using: &random) == 0 { rest.removeLast(.random(in: 0...rest.count, using: &random)) }
        return [kind] + bytes(id) + rest
    }

    private func bytes(_ value: UInt32) -> [UInt8] { withUnsafeBytes(of: value.bigEndian, Array.init) }
    private func string(_ text: [UInt8]) -> [UInt8] { bytes(UInt32(text.count)) + text }
    private mutating func word(_ range: ClosedRange<Int>) -> [UInt8] {
        bytes(UInt32(Int.random(in: range, using: &random)))
    }
    private mutating func name() -> [UInt8] { string(names.randomElement(using: &random) ?? []) }
    private mutating func handle() -> [UInt8] {
        Bool.random(using: &random) ? string(word(0...12)) : string(word(0...0xFFFF_FFFF))
    }
    private mutating func place() -> [UInt8] {
        let near = UInt64.random(in: 0...10_000, using: &random)
        let offset = Int.random(in: 0..<10, using: &random) == 0 ? UInt64.random(in: 0...(.max), using: &random) : near
        return withUnsafeBytes(of: offset.bigEndian, Array.init)
    }
    private mutating func attributes() -> [UInt8] {
        let flags = UInt32.random(in: 0...15, using: &random)
        var all = bytes(flags)
        if flags & 1 != 0 { all += place() }
        if flags & 2 != 0 { all += word(0...70_000) + word(0...70_000) }
        if flags & 4 != 0 { all += word(0...0o7777) }
        if flags & 8 != 0 { all += word(0...0xFFFF_FFFF) + word(0...0xFFFF_FFFF) }
        return all
    }
}

@Suite("Requests for files that no client sends")
struct FileServerFuzzTests {
    @Test("are each answered once, in their order", arguments: 1...4 as ClosedRange<UInt64>)
    func random(seed: UInt64) async throws {
        let directory = try TemporaryDirectory()
        try directory.write("", to: "c/d")
        let served = try RunningCommand([BuiltProgram.inside.path(), "files"], directory: directory.path)
        var requests = RandomRequests(seed: seed)
        let count = 2_000
        for id in 1...UInt32(count) {
            let packet = requests.next(id)
            served.write(withUnsafeBytes(of: UInt32(packet.count).bigEndian, Array.init) + packet)
        }
        var ids: [UInt32] = []
        try await eventually("all answers", seen: { "\(ids.count) answers, \(served.errorTranscript.text)" }) {
            ids = Self.ids(of: served.outputTranscript.bytes)
            return ids.count == count
        }
        #expect(ids == Array(1...UInt32(count)))
        served.finishInput()
        #expect(try await served.waitForEnd().status == .exited(0))
    }

    /// Of all whole packets.
    private static func ids(of bytes: [UInt8]) -> [UInt32] {
        var ids: [UInt32] = []
        var place = 0
        func number(_ start: Int) -> UInt32 { bytes[start..<(start + 4)].reduce(0) { $0 << 8 | UInt32($1) } }
        while bytes.count >= place + 9 {
            let length = Int(number(place))
            guard bytes.count >= place + 4 + length else { break }
            ids.append(number(place + 5))
            place += 4 + length
        }
        return ids
    }
}
