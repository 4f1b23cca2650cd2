import SessionModel

/// Keys for tests: what follows the type stands for itself, and words that begin with `bad` are no keys.
enum KeyTexts {
    struct NoKey: Error {}

    static func offeredKey(type: String, base64: String) throws -> OfferedKey {
        guard !base64.hasPrefix("bad") else { throw NoKey() }
        return OfferedKey(blob: Array(base64.utf8), fingerprint: Fingerprint(text: "SHA256:\(base64)"))
    }

    static func blob(_ base64: String) -> [UInt8] { Array(base64.utf8) }

    /// Reads a line; local time is two hours ahead of UTC.
    static func read(_ line: String) throws(KeyLineError) -> AuthorizedKeyLine? {
        try AuthorizedKeyLine(Array(line.utf8), localTime: { $0.secondsInUTC - 7_200 }, offeredKey: offeredKey)
    }

    /// What is wrong with a line, or nil.
    static func mistake(_ line: String) -> String? {
        do throws(KeyLineError) {
            _ = try read(line)
            return nil
        } catch {
            return error.sentence
        }
    }
}

/// A small deterministic generator (SplitMix64), so that a failure can be repeated.
struct SteadyNumbers: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// The bytes with a few of them changed, removed, doubled or put elsewhere.
    mutating func mutated(_ bytes: [UInt8], with alphabet: [UInt8]) -> [UInt8] {
        var bytes = bytes
        for _ in 0..<Int.random(in: 1...6, using: &self) {
            let index = Int.random(in: 0...bytes.count, using: &self)
            switch Int.random(in: 0..<5, using: &self) {
            case 0: bytes.insert(alphabet.randomElement(using: &self) ?? 0, at: index)
            case 1: bytes.insert(UInt8.random(in: 0...255, using: &self), at: index)
            case 2 where index < bytes.count: bytes.remove(at: index)
            case 3: bytes.removeSubrange(index..<min(bytes.count, index + Int.random(in: 0...20, using: &self)))
            default: bytes.insert(contentsOf: bytes[index..<min(bytes.count, index + 12)], at: index)
            }
        }
        return bytes
    }
}
