import Foundation
import Testing

/// Recorded bytes, `Tests/Fixtures/Wire/*.hex`: a name on a line of its own, then its bytes on indented lines.
///
/// A recording is a promise to those who have such bytes. Add new ones; a changed one is a new version of a format.
struct GoldenFile {
    private let recordings: [String: [UInt8]]

    init(_ name: String, filePath: String = #filePath) throws {
        let tests = URL(fileURLWithPath: filePath).deletingLastPathComponent().deletingLastPathComponent()
        let text = try String(contentsOf: tests.appendingPathComponent("Fixtures/Wire/\(name).hex"), encoding: .utf8)
        var recordings: [String: [UInt8]] = [:]
        var current: String?
        for line in text.split(separator: "\n") where !line.hasPrefix("#") {
            if line.hasPrefix(" ") {
                recordings[try #require(current), default: []] += try Self.bytes(line.filter { $0 != " " })
            } else {
                #expect(recordings.updateValue([], forKey: String(line)) == nil, "\(line) is there twice")
                current = String(line)
            }
        }
        self.recordings = recordings
    }

    var names: Set<String> { Set(recordings.keys) }

    /// The recorded bytes; where there are none, the failure says what to add.
    func bytes(of name: String, encodedNow: [UInt8]) throws -> [UInt8] {
        try #require(recordings[name], "add to the golden file:\n\(Self.text(name, encodedNow))")
    }

    static func text(_ name: String, _ bytes: [UInt8]) -> String {
        let digits = bytes.map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }
        let lines = stride(from: 0, to: digits.count, by: 32).map { digits[$0..<min($0 + 32, digits.count)].joined() }
        return "\(name)\n" + lines.map { "  \($0)\n" }.joined()
    }

    private static func bytes(_ digits: String) throws -> [UInt8] {
        let characters = Array(digits)
        return try stride(from: 0, to: characters.count, by: 2).map { place in
            try #require(UInt8(String(characters[place..<min(place + 2, characters.count)]), radix: 16))
        }
    }
}
