/// A whole control sequence from a client's terminal, without its CSI: what it is of.
struct ControlSequence {
    private let prefix: UInt8?
    private let parameters: ArraySlice<UInt8>
    private let intermediates: ArraySlice<UInt8>
    private let final: UInt8

    /// - Parameter bytes: parameters, intermediates and the final byte (ECMA-48, section 5.4).
    init(_ bytes: ArraySlice<UInt8>) {
        final = bytes.last ?? 0
        let body = bytes.dropLast()
        prefix = body.first.flatMap { (0x3C...0x3F).contains($0) ? $0 : nil }
        let rest = prefix == nil ? body : body.dropFirst()
        parameters = rest.prefix { $0 >= 0x30 }
        intermediates = rest[parameters.endIndex...]
    }

    var kind: InputClassifier.Kind {
        switch (prefix, final) {
        case (UInt8(ascii: "<"), UInt8(ascii: "M")), (UInt8(ascii: "<"), UInt8(ascii: "m")): .mouse
        case (UInt8(ascii: "<"), _): .keys
        // Keys have no private prefix: DA, DECRPM, DECXCPR, kitty's flags, XTMODKEYS and what is still to be invented.
        case (.some, _): .reply
        case (nil, _): intermediates.isEmpty ? plainKind : kindWithIntermediates
        }
    }

    private var kindWithIntermediates: InputClassifier.Kind {
        switch (Array(intermediates), final) {
        // DECRPM of an ANSI mode, and a DEC locator's report.
        case ([UInt8(ascii: "$")], UInt8(ascii: "y")), ([UInt8(ascii: "&")], UInt8(ascii: "w")): .reply
        default: .keys
        }
    }

    private var plainKind: InputClassifier.Kind {
        let numbers = self.numbers
        switch final {
        case UInt8(ascii: "I") where parameters.isEmpty, UInt8(ascii: "O") where parameters.isEmpty: return .focus
        case UInt8(ascii: "~") where numbers == [200]: return .pasteBegin
        // Its beginning was lost, or cut off: nobody types it.
        case UInt8(ascii: "~") where numbers == [201]: return .paste
        case UInt8(ascii: "M") where numbers.count == 3: return .mouse
        // CPR; but F3 with modifiers looks like one of the first row.
        case UInt8(ascii: "R") where numbers.count == 2:
            return numbers[0] == 1 && (2...16).contains(numbers[1]) ? .keys : .reply
        // DSR, XTWINOPS, DECREPTPARM.
        case UInt8(ascii: "n"), UInt8(ascii: "t"), UInt8(ascii: "x"): return numbers.isEmpty ? .keys : .reply
        default: return .keys
        }
    }

    /// The parameters, if all of them are decimal numbers; none otherwise.
    private var numbers: [Int] {
        let parts = parameters.split(separator: UInt8(ascii: ";"), omittingEmptySubsequences: false)
        let numbers = parts.compactMap(Self.number)
        return numbers.count == parts.count ? numbers : []
    }

    private static func number(_ digits: ArraySlice<UInt8>) -> Int? {
        guard (1...9).contains(digits.count), digits.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return digits.reduce(0) { $0 * 10 + Int($1) - 0x30 }
    }
}
