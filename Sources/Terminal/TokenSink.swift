/// Takes what a ``Tokenizer`` finds in a program's output.
protocol TokenSink {
    /// Printable characters that take columns, in UTF-8 that is valid and whole.
    mutating func text(_ bytes: UnsafeRawBufferPointer)
    /// A wide character that libvterm does not know for one.
    mutating func wide(_ scalar: Unicode.Scalar)
    /// What adds to the character before it.
    mutating func mark(_ scalar: Unicode.Scalar)
    /// A C0 control, other than ESC, CAN and SUB.
    mutating func control(_ byte: UInt8)
    /// ESC, at most one intermediate byte (0 for none, 0xFF for more), a final byte.
    mutating func escape(_ intermediate: UInt8, _ final: UInt8)
    mutating func sequence(_ sequence: ControlSequence)
    /// A whole OSC or DCS string of at most ``Tokenizer/stringLimit`` bytes; others are dropped.
    mutating func string(_ kind: ControlString, _ payload: [UInt8])
}

enum ControlString {
    case osc
    case dcs
}
