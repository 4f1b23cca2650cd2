/// A small deterministic generator (SplitMix64), so that a failure can be repeated.
package struct SteadyNumbers: RandomNumberGenerator {
    private var state: UInt64

    package init(seed: UInt64) { state = seed }

    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// The bytes with a few of them changed, removed, doubled or put elsewhere.
    package mutating func mutated(_ bytes: [UInt8], with alphabet: [UInt8]) -> [UInt8] {
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
