import ScreenModel
import SessionModel

/// Makes what a program printed safe to show on other people's terminals.
///
/// What passes is what ``Screen`` implements, written anew as it was understood; so nothing that a terminal would
/// answer, remember elsewhere or act on outside its screen reaches a viewer, and a late viewer's screen is the same.
/// Mouse and focus reporting do not pass either: they belong to the holder's terminal.
package struct StreamFilter {
    private var tokenizer = Tokenizer()
    private var allowList = AllowList()

    package init() {}

    /// Whether the next byte begins something: what was put out so far is whole.
    package var isGround: Bool { tokenizer.isGround }

    /// Appends what may pass of a piece of output, cut anywhere; an unfinished sequence waits for its rest.
    package mutating func filter(_ bytes: UnsafeRawBufferPointer, into output: inout [UInt8]) {
        swap(&output, &allowList.output)
        tokenizer.consume(bytes, into: &allowList)
        swap(&output, &allowList.output)
    }

    package mutating func filter(_ bytes: [UInt8], into output: inout [UInt8]) {
        bytes.withUnsafeBytes { filter($0, into: &output) }
    }

    /// The shell's marks (OSC 133) and attachments' (``WatchToken``) in what was filtered since the last call: their
    /// payloads, and how many bytes of the output then came before each.
    package mutating func takeMarks() -> [(position: Int, payload: [UInt8])] {
        guard !allowList.marks.isEmpty else { return [] }
        defer { allowList.marks = [] }
        return allowList.marks
    }
}

/// The tokens that pass.
private struct AllowList: TokenSink {
    private static let markHeads = [Array("133;".utf8), Array(WatchToken.head.utf8)]
    /// Marks of one piece of output; no shell makes as many.
    private static let markLimit = 256

    var output: [UInt8] = []
    var marks: [(position: Int, payload: [UInt8])] = []

    mutating func text(_ bytes: UnsafeRawBufferPointer) { output.append(contentsOf: bytes) }

    mutating func wide(_ scalar: Unicode.Scalar) { mark(scalar) }

    mutating func mark(_ scalar: Unicode.Scalar) {
        if let encoded = UTF8.encode(scalar) { output.append(contentsOf: encoded) }
    }

    mutating func control(_ byte: UInt8) {
        if (0x07...0x0F).contains(byte) { output.append(byte) }
    }

    mutating func escape(_ intermediate: UInt8, _ final: UInt8) {
        switch (intermediate, final) {
        case (0x28, _), (0x29, _):
            guard Charset(rawValue: final) != nil else { return }
        case (0x23, 0x38):
            break
        case (0, 0x37), (0, 0x38), (0, 0x3D), (0, 0x3E), (0, 0x44), (0, 0x45), (0, 0x48), (0, 0x4D), (0, 0x63):
            return output.append(contentsOf: [0x1B, final])
        default:
            return
        }
        output.append(contentsOf: [0x1B, intermediate, final])
    }

    mutating func sequence(_ sequence: ControlSequence) {
        switch sequence.kind {
        case ControlSequence.kind(0x68, leader: 0x3F), ControlSequence.kind(0x6C, leader: 0x3F):
            modes(sequence) { [1, 5, 6, 7, 12, 25, 47, 1_047, 1_048, 1_049, 2_004].contains($0) }
        case ControlSequence.kind(0x68), ControlSequence.kind(0x6C):
            modes(sequence) { $0 == 4 || $0 == 20 }
        case ControlSequence.kind(0x71, intermediate: 0x20), ControlSequence.kind(0x70, intermediate: 0x21):
            sequence.append(to: &output)
        case ControlSequence.kind(0x73):
            if sequence.parameters.isEmpty { escape(0, 0x37) }
        case ControlSequence.kind(0x75):
            if sequence.parameters.isEmpty { escape(0, 0x38) }
        case ControlSequence.kind(0x54):
            if sequence.parameters.count < 2 { sequence.append(to: &output) }
        default:
            // Without leader and intermediate, the kind is the final byte.
            let bit = sequence.kind < 0x80 ? UInt64(1) << UInt64(sequence.final - 0x40) : 0
            if Self.plainFinals & bit != 0 { sequence.append(to: &output) }
        }
    }

    /// Moves, erases, inserts, deletes, scrolls, repeats, tab stops, colours and margins: a bit for each final byte.
    private static let plainFinals = "@ABCDEFGHIJKLMPSXZ`abdefgjkmr".utf8.reduce(UInt64(0)) { $0 | 1 << ($1 - 0x40) }

    private mutating func modes(_ sequence: ControlSequence, where isAllowed: (Int32) -> Bool) {
        var passing = sequence
        passing.parameters.removeAll { !isAllowed($0.value ?? 0) }
        if !passing.parameters.isEmpty { passing.append(to: &output) }
    }

    /// No string passes: the title of a viewer's window names the session, and all others act outside the screen.
    mutating func string(_ kind: ControlString, _ payload: [UInt8]) {
        guard kind == .osc, marks.count < Self.markLimit, Self.markHeads.contains(where: { payload.starts(with: $0) })
        else { return }
        marks.append((output.count, payload))
    }
}
