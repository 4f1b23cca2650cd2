/// A parsed CSI sequence (ECMA-48, 5.4), in bounds whatever was sent.
struct ControlSequence {
    static let valueLimit: Int32 = 65_535

    /// One of `< = > ?`, or 0.
    var leader: UInt8 = 0
    var parameters = ControlParameters()
    /// The intermediate byte, or 0; `0xFF` for more than one.
    var intermediate: UInt8 = 0
    var final: UInt8 = 0

    /// The parameter, or the default where it is missing.
    func value(_ index: Int, default fallback: Int) -> Int {
        guard index < parameters.count, let value = parameters[index].value else { return fallback }
        return Int(value)
    }

    /// The parameter as a count: missing and 0 mean 1.
    func count(_ index: Int = 0) -> Int { max(value(index, default: 1), 1) }

    /// Which sequence it is, whatever its parameters.
    var kind: UInt32 { Self.kind(final, leader: leader, intermediate: intermediate) }

    static func kind(_ final: UInt8, leader: UInt8 = 0, intermediate: UInt8 = 0) -> UInt32 {
        UInt32(leader) << 16 | UInt32(intermediate) << 8 | UInt32(final)
    }

    /// Writes the sequence as it is understood, which need not be how it was sent.
    func append(to output: inout [UInt8]) {
        output.append(0x1B)
        output.append(0x5B)
        if leader != 0 { output.append(leader) }
        for index in parameters.indices {
            let parameter = parameters[index]
            if index > 0 { output.append(parameter.isSub ? 0x3A : 0x3B) }
            if let value = parameter.value { Self.append(value, to: &output) }
        }
        if intermediate != 0 { output.append(intermediate) }
        output.append(final)
    }

    private static func append(_ value: Int32, to output: inout [UInt8]) {
        if value >= 10 { append(value / 10, to: &output) }
        output.append(0x30 + UInt8(value % 10))
    }
}
