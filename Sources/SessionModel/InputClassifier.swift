/// Cuts what one client types into keys, pastes and what its terminal says by itself.
///
/// Nothing is lost, added or reordered: the pieces, one after the other, are the bytes that came in. Invalid UTF-8
/// passes as it is, because a terminal takes bytes. Sequences: xterm's `ctlseqs`, and the kitty keyboard protocol.
package struct InputClassifier: Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
        /// Text, controls and key sequences.
        case keys
        /// `CSI 200 ~`: a bracketed paste begins.
        case pasteBegin
        /// What stands in a bracketed paste, and its end.
        case paste
        case mouse
        case focus
        /// A terminal's answer to a query.
        case reply
    }

    package struct Piece: Hashable, Sendable {
        package let kind: Kind
        package fileprivate(set) var bytes: [UInt8]

        package init(_ kind: Kind, _ bytes: [UInt8]) {
            self.kind = kind
            self.bytes = bytes
        }
    }

    private enum State: Hashable {
        case ground
        /// In a UTF-8 character; so many bytes are to come.
        case character(missing: Int)
        case escape
        case control
        /// In a mouse report of the old kind, which no final byte ends.
        case mouse(missing: Int)
        /// Behind SS3.
        case single
        /// Behind what begins a string, with the first of its bytes still to come.
        case opening(UInt8)
        case string(UInt8)
        /// Behind an ESC in a string.
        case closing(UInt8)
        case paste
        /// In a character of a paste.
        case pasted(missing: Int)
    }

    /// How long an unfinished character or sequence waits for its rest, before ``flush()`` gives it as keys.
    package static let patience = Duration.milliseconds(50)
    /// Bytes of a string that does not end, at which it is given up and passed as keys.
    package static let stringLimit = 4 * 1_024
    private static let sequenceLimit = 64
    private static let escape: UInt8 = 0x1B
    private static let pasteEnd = Array("\u{1B}[201~".utf8)

    private var state = State.ground
    /// What is not whole yet; without the ESC, if that was delivered as the Escape key.
    private var held: [UInt8] = []
    /// How much of a paste's end came last.
    private var matched = 0
    private var pieces: [Piece] = []
    /// Whether the program asked for mouse coordinates as UTF-8 (mode 1005), which only the screen knows.
    package var mouseIsUTF8 = false

    package init() {}

    /// Whether ``flush()`` is wanted, if nothing more comes for ``patience``.
    package var isWaiting: Bool { state != .ground && state != .paste }

    /// What became whole by these bytes.
    ///
    /// An ESC at the end is the Escape key and comes out at once, even if the next bytes then make a sequence of it;
    /// but not behind a report, where it is rather the beginning of another.
    package mutating func classify(_ bytes: [UInt8]) -> [Piece] {
        let wholeEnd = Self.endOfCharacters(bytes)
        var index = 0
        while index < bytes.count {
            let end = endOfRun(in: bytes, from: index, wholeEnd)
            if end > index { emit(bytes[index..<end], state == .paste ? .paste : .keys) } else { consume(bytes[index]) }
            index = max(end, index + 1)
        }
        if state == .escape, !held.isEmpty, !endsWithReport { emitHeld(.keys) }
        return takePieces()
    }

    /// The time is up: what was held is keys.
    package mutating func flush() -> [Piece] {
        if case .pasted = state { finishInPaste() } else if isWaiting { finish(.keys) }
        return takePieces()
    }

    /// Where what needs no closer look ends: text as it is typed, or pasted.
    private func endOfRun(in bytes: [UInt8], from start: Int, _ wholeEnd: Int) -> Int {
        let limit: Int
        switch state {
        case .ground: limit = wholeEnd
        case .paste where matched == 0: limit = wholeEnd
        default: return start
        }
        var index = start
        while index < limit, bytes[index] != Self.escape { index += 1 }
        return index
    }

    /// Where the characters end that are whole, or never will be.
    private static func endOfCharacters(_ bytes: [UInt8]) -> Int {
        guard let lead = bytes.indices.suffix(3).last(where: { bytes[$0] & 0xC0 != 0x80 }) else { return bytes.count }
        return lead + missing(behind: bytes[lead]) < bytes.count ? bytes.count : lead
    }

    /// How many bytes of a UTF-8 character follow its first one.
    private static func missing(behind lead: UInt8) -> Int {
        switch lead {
        case 0xC2...0xDF: 1
        case 0xE0...0xEF: 2
        case 0xF0...0xF4: 3
        default: 0
        }
    }

    private mutating func consume(_ byte: UInt8) {
        switch state {
        case .ground: begin(byte)
        case .paste: paste(byte)
        case .character(let missing):
            guard byte & 0xC0 == 0x80 else { return giveUp(before: byte) }
            hold(byte, missing > 1 ? .character(missing: missing - 1) : nil, .keys)
        case .pasted(let missing): pasted(byte, missing)
        case .escape: escaped(byte)
        case .control: control(byte)
        case .mouse(let missing):
            guard byte >= 0x20 || byte == 0 else { return giveUp(before: byte) }
            let left = mouseIsUTF8 && (0xC2...0xDF).contains(byte) ? missing : missing - 1
            hold(byte, left > 0 ? .mouse(missing: left) : nil, .mouse)
        case .single:
            guard (0x30...0x3B).contains(byte) || (0x40...0x7E).contains(byte) else { return giveUp(before: byte) }
            hold(byte, byte < 0x40 && held.count < 8 ? .single : nil, .keys)
        case .opening(let introducer):
            guard Self.string(introducer, mayBeginWith: byte) else { return giveUp(before: byte) }
            hold(byte, .string(introducer), .keys)
        case .string(let introducer): string(introducer, byte)
        case .closing(let introducer): close(introducer, byte)
        }
    }

    private mutating func begin(_ byte: UInt8) {
        let missing = Self.missing(behind: byte)
        if byte == Self.escape {
            hold(byte, .escape, .keys)
        } else if missing > 0 {
            hold(byte, .character(missing: missing), .keys)
        } else {
            emit(CollectionOfOne(byte), .keys)
        }
    }

    private mutating func escaped(_ byte: UInt8) {
        switch byte {
        case UInt8(ascii: "["): hold(byte, .control, .keys)
        case UInt8(ascii: "O"): hold(byte, .single, .keys)
        case UInt8(ascii: "]"), UInt8(ascii: "P"), UInt8(ascii: "_"): hold(byte, .opening(byte), .keys)
        default: giveUp(before: byte)
        }
    }

    private mutating func control(_ byte: UInt8) {
        guard (0x20...0x7E).contains(byte) else { return giveUp(before: byte) }
        if held.last == UInt8(ascii: "["), byte == UInt8(ascii: "M") { return hold(byte, .mouse(missing: 3), .keys) }
        if byte < 0x40 { return hold(byte, held.count < Self.sequenceLimit ? .control : nil, .keys) }
        held.append(byte)
        let start = (held.firstIndex(of: UInt8(ascii: "[")) ?? 0) + 1
        let kind = ControlSequence(held[start...]).kind
        finish(kind)
        if kind == .pasteBegin { state = .paste }
    }

    /// Replies begin as these do; anything else was typed with Alt.
    private static func string(_ introducer: UInt8, mayBeginWith byte: UInt8) -> Bool {
        switch introducer {
        case UInt8(ascii: "]"): (0x30...0x39).contains(byte) || "lLI".utf8.contains(byte)
        case UInt8(ascii: "P"): (0x30...0x39).contains(byte) || ">!?=$+".utf8.contains(byte)
        default: byte == UInt8(ascii: "G")
        }
    }

    private mutating func string(_ introducer: UInt8, _ byte: UInt8) {
        switch byte {
        case 0x07 where introducer == UInt8(ascii: "]"): hold(byte, nil, .reply)
        case Self.escape: hold(byte, .closing(introducer), .keys)
        case ..<0x20: giveUp(before: byte)
        default: hold(byte, held.count < Self.stringLimit ? .string(introducer) : nil, .keys)
        }
    }

    private mutating func close(_ introducer: UInt8, _ byte: UInt8) {
        if byte == UInt8(ascii: "\\") { return hold(byte, nil, .reply) }
        held.removeLast()
        emitHeld(.keys)
        hold(Self.escape, .escape, .keys)
        consume(byte)
    }

    /// Only what is left of a character is held within a paste: its end may be cut anywhere, and be late.
    private mutating func paste(_ byte: UInt8) {
        let missing = Self.missing(behind: byte)
        guard missing == 0 else {
            matched = 0
            return hold(byte, .pasted(missing: missing), .paste)
        }
        emit(CollectionOfOne(byte), .paste)
        matched = byte == Self.pasteEnd[matched] ? matched + 1 : byte == Self.escape ? 1 : 0
        guard matched == Self.pasteEnd.count else { return }
        matched = 0
        state = .ground
    }

    private mutating func pasted(_ byte: UInt8, _ missing: Int) {
        guard byte & 0xC0 == 0x80 else {
            finishInPaste()
            return consume(byte)
        }
        hold(byte, .pasted(missing: missing - 1), .paste)
        if missing == 1 { finishInPaste() }
    }

    private mutating func finishInPaste() {
        emitHeld(.paste)
        state = .paste
    }

    // MARK: What comes out

    private var endsWithReport: Bool {
        switch pieces.last?.kind {
        case .mouse, .focus, .reply: true
        case .keys, .pasteBegin, .paste, nil: false
        }
    }

    /// Holds a byte: in the next state, or as the last of something whole.
    private mutating func hold(_ byte: UInt8, _ next: State?, _ kind: Kind) {
        held.append(byte)
        if let next { state = next } else { finish(kind) }
    }

    private mutating func giveUp(before byte: UInt8) {
        finish(.keys)
        consume(byte)
    }

    private mutating func finish(_ kind: Kind) {
        emitHeld(kind)
        state = .ground
    }

    private mutating func emitHeld(_ kind: Kind) {
        if !held.isEmpty { emit(held, kind) }
        held.removeAll(keepingCapacity: held.capacity <= Self.sequenceLimit)
    }

    private mutating func emit(_ bytes: some Collection<UInt8>, _ kind: Kind) {
        if let last = pieces.indices.last, pieces[last].kind == kind, kind == .keys || kind == .paste {
            pieces[last].bytes += bytes
        } else {
            pieces.append(Piece(kind, Array(bytes)))
        }
    }

    private mutating func takePieces() -> [Piece] {
        defer { pieces = [] }
        return pieces
    }
}
