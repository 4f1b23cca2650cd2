import ScreenModel

/// Cuts a program's output into tokens, wherever its chunks end.
///
/// A state machine after DEC's (vt100.net/emu/dec_ansi_parser) for UTF-8: C1 controls exist only as ESC sequences.
/// Bounded: what is too long is dropped, and nothing is kept but one unfinished token.
struct Tokenizer {
    static let stringLimit = 16 * 1_024
    static let markLimit = 16

    private enum State {
        case ground
        case escape
        case parameters
        case intermediates
        case ignored
        case string
        case stringEscape
    }

    private var state = State.ground
    /// The last byte that separated parameters, and the one that is being read.
    private var isSub = false
    private var parameter: Int32?
    private var sequence = ControlSequence()
    private var intermediate: UInt8 = 0
    /// Nothing for APC, PM and SOS, which are nobody's.
    private var stringKind: ControlString?
    private var payload: [UInt8] = []
    private var isTooLong = false
    /// The start of a character whose rest is in the next chunk.
    private var partial: [UInt8] = []
    private var markCount = 0

    /// Whether the next byte begins something: nothing is half-read.
    var isGround: Bool { state == .ground && partial.isEmpty }

    mutating func consume<Sink: TokenSink>(_ bytes: UnsafeRawBufferPointer, into sink: inout Sink) {
        var index = 0
        while index < bytes.count {
            switch state {
            case .ground where partial.isEmpty: index = text(bytes, from: index, into: &sink)
            case .ground: index = complete(bytes, from: index, into: &sink)
            case .string: index = string(bytes, from: index, into: &sink)
            case .parameters: index = parameters(bytes, from: index, into: &sink)
            case .escape where bytes[index] == 0x5B && intermediate == 0:
                beginSequence()
                index += 1
            default: if step(bytes[index], into: &sink) { index += 1 }
            }
        }
    }
}

// MARK: Text

extension Tokenizer {
    /// Reads text up to the next escape, or to the end.
    private mutating func text<Sink: TokenSink>(
        _ bytes: UnsafeRawBufferPointer, from start: Int, into sink: inout Sink
    ) -> Int {
        var index = start
        var run = start
        while index < bytes.count {
            let byte = bytes[index]
            if byte &- 0x20 < 0x5F {
                index = Self.endOfASCII(bytes, from: index)
                markCount = 0
            } else if byte < 0x80 {
                Self.flush(bytes, run, index, into: &sink)
                index += 1
                run = index
                if !control(byte, into: &sink) { return index }
            } else if Self.isIdeograph(bytes, at: index) {
                index += 3
                markCount = 0
            } else {
                let decoding = UTF8Decoding(bytes, at: index)
                if case .scalar(let value, let length) = decoding, Self.isPlain(value) {
                    index += length
                    markCount = 0
                    continue
                }
                Self.flush(bytes, run, index, into: &sink)
                index += special(decoding, bytes, at: index, into: &sink)
                run = index
            }
        }
        Self.flush(bytes, run, index, into: &sink)
        return index
    }

    private static func flush<Sink: TokenSink>(
        _ bytes: UnsafeRawBufferPointer, _ start: Int, _ end: Int, into sink: inout Sink
    ) {
        if start < end { sink.text(UnsafeRawBufferPointer(rebasing: bytes[start..<end])) }
    }

    /// Whether U+4000 to U+9FFF stands there: wide, and most of what is not ASCII in some languages.
    @inline(__always)
    private static func isIdeograph(_ bytes: UnsafeRawBufferPointer, at index: Int) -> Bool {
        guard bytes[index] &- 0xE4 < 6, index + 2 < bytes.count else { return false }
        return bytes[index + 1] & 0xC0 == 0x80 && bytes[index + 2] & 0xC0 == 0x80
    }

    /// Whether libvterm and terminals agree about the scalar, and it takes columns.
    @inline(__always)
    private static func isPlain(_ value: UInt32) -> Bool {
        value >= 0xA0 && !GlyphWidth.isMark(value) && !GlyphWidth.isNewWide(value)
    }

    /// Reads what is not plain text; answers how many bytes it was.
    private mutating func special<Sink: TokenSink>(
        _ decoding: UTF8Decoding, _ bytes: UnsafeRawBufferPointer, at index: Int, into sink: inout Sink
    ) -> Int {
        switch decoding {
        case .scalar(let value, let length):
            give(value, to: &sink)
            return length
        case .invalid(let length):
            give(0xFFFD, to: &sink)
            return length
        case .incomplete:
            partial.append(contentsOf: bytes[index...])
            return bytes.count - index
        }
    }

    /// Gives one scalar that is outside ASCII. C1 controls are dropped.
    private mutating func give<Sink: TokenSink>(_ value: UInt32, to sink: inout Sink) {
        guard value >= 0xA0, let scalar = Unicode.Scalar(value) else { return }
        if GlyphWidth.isMark(value) {
            markCount += 1
            if markCount <= Self.markLimit { sink.mark(scalar) }
            return
        }
        markCount = 0
        if GlyphWidth.isNewWide(value) { return sink.wide(scalar) }
        var encoded: [UInt8] = []
        encoded.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
        encoded.withUnsafeBytes { sink.text($0) }
    }

    /// Goes on with a character that the last chunk ended in; one byte at a time.
    private mutating func complete<Sink: TokenSink>(
        _ bytes: UnsafeRawBufferPointer, from index: Int, into sink: inout Sink
    ) -> Int {
        partial.append(bytes[index])
        switch partial.withUnsafeBytes({ UTF8Decoding($0, at: 0) }) {
        case .incomplete:
            return index + 1
        case .scalar(let value, _):
            partial.removeAll(keepingCapacity: true)
            give(value, to: &sink)
            return index + 1
        case .invalid:
            // The byte that does not fit is read again: it may be a character of its own.
            partial.removeAll(keepingCapacity: true)
            give(0xFFFD, to: &sink)
            return index
        }
    }

    /// Finds the end of printable ASCII, eight bytes at a time.
    @inline(__always)
    static func endOfASCII(_ bytes: UnsafeRawBufferPointer, from start: Int) -> Int {
        var index = start
        while index + 8 <= bytes.count {
            let word = bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self)
            // A byte has its high bit in `odd` if it is below 0x20, 0x7F or above: carries only ever add false alarms.
            let low = (word &- 0x2020_2020_2020_2020) & ~word
            let high = word | (word &+ 0x0101_0101_0101_0101)
            if (low | high) & 0x8080_8080_8080_8080 != 0 { break }
            index += 8
        }
        while index < bytes.count, bytes[index] &- 0x20 < 0x5F { index += 1 }
        return index
    }

    /// Acts on a control; `false` where text ends with it.
    private mutating func control<Sink: TokenSink>(_ byte: UInt8, into sink: inout Sink) -> Bool {
        switch byte {
        case 0x1B:
            beginEscape()
            return false
        case 0x00, 0x18, 0x1A, 0x7F:
            return true
        default:
            markCount = 0
            sink.control(byte)
            return true
        }
    }
}

// MARK: Escape sequences

extension Tokenizer {
    private mutating func beginEscape() {
        state = .escape
        intermediate = 0
        markCount = 0
    }

    /// Reads one byte of a sequence; `false` where it has to be read again in the state that it led to.
    private mutating func step<Sink: TokenSink>(_ byte: UInt8, into sink: inout Sink) -> Bool {
        switch byte {
        case 0x18, 0x1A:
            state = .ground
            return true
        case 0x1B:
            beginEscape()
            return true
        case 0x80...:
            state = .ground
            return false
        case 0x00, 0x7F:
            return true
        case 0x5C where state == .stringEscape:
            endString(into: &sink)
            return true
        case ..<0x20:
            sink.control(byte)
            return true
        default:
            break
        }
        switch state {
        case .escape, .stringEscape: escape(byte, into: &sink)
        case .parameters: parameters(byte, into: &sink)
        case .intermediates: intermediates(byte, into: &sink)
        case .ignored: if byte >= 0x40 { state = .ground }
        case .ground, .string: return false
        }
        return true
    }

    private mutating func escape<Sink: TokenSink>(_ byte: UInt8, into sink: inout Sink) {
        state = .escape
        guard byte >= 0x30 else {
            intermediate = intermediate == 0 ? byte : 0xFF
            return
        }
        guard intermediate == 0 else { return endEscape(byte, into: &sink) }
        switch byte {
        case 0x5B: beginSequence()
        case 0x5D: beginString(.osc)
        case 0x50: beginString(.dcs)
        case 0x58, 0x5E, 0x5F: beginString(nil)
        default: endEscape(byte, into: &sink)
        }
    }

    private mutating func beginSequence() {
        sequence.leader = 0
        sequence.intermediate = 0
        sequence.parameters.removeAll()
        parameter = nil
        isSub = false
        state = .parameters
    }

    private mutating func endEscape<Sink: TokenSink>(_ byte: UInt8, into sink: inout Sink) {
        state = .ground
        sink.escape(intermediate, byte)
    }

    /// Reads as much of a sequence as there is; what is more than numbers goes the long way.
    private mutating func parameters<Sink: TokenSink>(
        _ bytes: UnsafeRawBufferPointer, from start: Int, into sink: inout Sink
    ) -> Int {
        var index = start
        while index < bytes.count, state == .parameters {
            let byte = bytes[index]
            switch byte {
            case 0x30...0x3B: parameters(byte, into: &sink)
            case 0x40...0x7E: endSequence(byte, into: &sink)
            default: if !step(byte, into: &sink) { return index }
            }
            index += 1
        }
        return index
    }

    private mutating func parameters<Sink: TokenSink>(_ byte: UInt8, into sink: inout Sink) {
        switch byte {
        case 0x30...0x39:
            parameter = min((parameter ?? 0) * 10 + Int32(byte - 0x30), ControlSequence.valueLimit)
        case 0x3A, 0x3B:
            endParameter()
            isSub = byte == 0x3A
        case 0x3C...0x3F:
            let isFirst = sequence.parameters.isEmpty && parameter == nil && !isSub && sequence.leader == 0
            if isFirst { sequence.leader = byte } else { state = .ignored }
        case ..<0x30:
            sequence.intermediate = byte
            state = .intermediates
        default:
            endSequence(byte, into: &sink)
        }
    }

    private mutating func intermediates<Sink: TokenSink>(_ byte: UInt8, into sink: inout Sink) {
        switch byte {
        case ..<0x30: sequence.intermediate = 0xFF
        case ..<0x40: state = .ignored
        default: endSequence(byte, into: &sink)
        }
    }

    private mutating func endParameter() {
        sequence.parameters.append(.init(value: parameter, isSub: isSub))
        parameter = nil
    }

    private mutating func endSequence<Sink: TokenSink>(_ byte: UInt8, into sink: inout Sink) {
        if parameter != nil || !sequence.parameters.isEmpty { endParameter() }
        sequence.final = byte
        state = .ground
        sink.sequence(sequence)
    }
}

// MARK: Strings

extension Tokenizer {
    private mutating func beginString(_ kind: ControlString?) {
        state = .string
        stringKind = kind
        payload.removeAll(keepingCapacity: true)
        isTooLong = false
    }

    private mutating func string<Sink: TokenSink>(
        _ bytes: UnsafeRawBufferPointer, from start: Int, into sink: inout Sink
    ) -> Int {
        var index = start
        while index < bytes.count, bytes[index] >= 0x20 { index += 1 }
        if stringKind != nil, !isTooLong {
            isTooLong = payload.count + index - start > Self.stringLimit
            if !isTooLong { payload.append(contentsOf: bytes[start..<index]) }
        }
        guard index < bytes.count else { return index }
        switch bytes[index] {
        case 0x1B:
            state = .stringEscape
            intermediate = 0
        case 0x18, 0x1A: state = .ground
        case 0x07 where stringKind == .osc: endString(into: &sink)
        default: break
        }
        return index + 1
    }

    private mutating func endString<Sink: TokenSink>(into sink: inout Sink) {
        state = .ground
        if let stringKind, !isTooLong { sink.string(stringKind, payload) }
    }
}
