/// What a program printed as text alone: no escape sequences, a line feed at each line's end, and of what was written
/// over itself (progress in one line) the last.
package struct PlainText {
    private var tokenizer = Tokenizer()
    private var lines = Lines()

    package static func of(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        var plain = PlainText()
        bytes.withUnsafeBytes { plain.tokenizer.consume($0, into: &plain.lines) }
        return plain.lines.done + plain.lines.line
    }
}

private struct Lines: TokenSink {
    var done: [UInt8] = []
    var line: [UInt8] = []
    private var isReturned = false

    mutating func text(_ bytes: UnsafeRawBufferPointer) {
        overwrite()
        line.append(contentsOf: bytes)
    }

    mutating func wide(_ scalar: Unicode.Scalar) {
        overwrite()
        mark(scalar)
    }

    mutating func mark(_ scalar: Unicode.Scalar) {
        if let encoded = UTF8.encode(scalar) { line.append(contentsOf: encoded) }
    }

    mutating func control(_ byte: UInt8) {
        switch byte {
        case 0x0A:
            isReturned = false
            done += line
            done.append(byte)
            line.removeAll(keepingCapacity: true)
        case 0x0D: isReturned = true
        case 0x09: line.append(byte)
        case 0x08:
            while let last = line.popLast(), last & 0xC0 == 0x80 {}
        default: break
        }
    }

    mutating func escape(_ intermediate: UInt8, _ final: UInt8) {}
    mutating func sequence(_ sequence: ControlSequence) {}
    mutating func string(_ kind: ControlString, _ payload: [UInt8]) {}

    private mutating func overwrite() {
        if isReturned { line.removeAll(keepingCapacity: true) }
        isReturned = false
    }
}
