/// Where the program stands in what it was given: so that a handover cuts no character, sequence or paste.
package struct DeliveredInput: Hashable, Sendable {
    private enum State: Hashable {
        case ground
        /// So many bytes of a UTF-8 character are to come.
        case character(missing: Int)
        case escape
        case control(length: Int)
        /// So many bytes of a mouse report of the old kind are to come.
        case mouse(missing: Int)
        case single
    }

    /// No sequence that is typed is longer.
    private static let sequenceLimit = 64
    private static let pasteBegin = Array("\u{1B}[200~".utf8)
    private static let pasteEnd = Array("\u{1B}[201~".utf8)

    private var turn: TurnNumber?
    private var state = State.ground
    /// How much of a paste's beginning, or of its end, came last.
    private var matched = 0
    package private(set) var isInPaste = false

    package init() {}

    /// The terminal took these bytes of a turn; what another turn left unfinished stays so.
    package mutating func note(_ bytes: ArraySlice<UInt8>, in turn: TurnNumber) {
        if turn != self.turn { self = DeliveredInput() }
        self.turn = turn
        var index = bytes.startIndex
        while index < bytes.endIndex {
            let byte = bytes[index]
            // Most of what is typed, and all but a little of what is pasted, begins nothing.
            if state != .ground || byte == 0x1B || byte >= 0xC2 { note(byte) }
            index += 1
        }
    }

    /// How many of the turn's next bytes complete what is begun; 0 if nothing is, or if they do not.
    package func completion(in next: some Collection<UInt8>, of turn: TurnNumber) -> Int {
        guard turn == self.turn, state != .ground else { return 0 }
        var copy = self
        for (index, byte) in next.prefix(Self.sequenceLimit).enumerated() {
            guard copy.continues(with: byte) else { return index }
            copy.note(byte)
            if copy.state == .ground { return index + 1 }
        }
        return 0
    }

    /// What ends the paste that the program is in; empty if it is in none.
    package var pasteClosing: [UInt8] { isInPaste ? Array(Self.pasteEnd[matched...]) : [] }

    private func continues(with byte: UInt8) -> Bool {
        switch state {
        case .ground: false
        case .character: byte & 0xC0 == 0x80
        case .escape, .control, .single: (0x20...0x7E).contains(byte)
        case .mouse: byte >= 0x20
        }
    }

    private mutating func note(_ byte: UInt8) {
        matchPaste(byte)
        state = continues(with: byte) ? following(byte) : Self.beginning(byte)
    }

    private mutating func matchPaste(_ byte: UInt8) {
        let mark = isInPaste ? Self.pasteEnd : Self.pasteBegin
        matched = byte == mark[matched] ? matched + 1 : byte == mark[0] ? 1 : 0
        guard matched == mark.count else { return }
        matched = 0
        isInPaste.toggle()
    }

    private static func beginning(_ byte: UInt8) -> State {
        switch byte {
        case 0x1B: .escape
        case 0xC2...0xDF: .character(missing: 1)
        case 0xE0...0xEF: .character(missing: 2)
        case 0xF0...0xF4: .character(missing: 3)
        default: .ground
        }
    }

    private func following(_ byte: UInt8) -> State {
        switch state {
        case .ground: .ground
        case .character(let missing): missing > 1 ? .character(missing: missing - 1) : .ground
        case .escape: byte == 0x5B ? .control(length: 0) : byte == 0x4F ? .single : .ground
        case .control(0) where byte == UInt8(ascii: "M"): .mouse(missing: 3)
        case .control(let length): byte < 0x40 && length < Self.sequenceLimit ? .control(length: length + 1) : .ground
        case .mouse(let missing): missing > 1 ? .mouse(missing: missing - 1) : .ground
        case .single: byte < 0x40 ? .single : .ground
        }
    }
}
