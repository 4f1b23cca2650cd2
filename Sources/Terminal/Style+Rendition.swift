import ScreenModel

extension Style {
    /// Applies SGR (ECMA-48, 8.3.117, and ISO 8613-6 for colours), with colons or semicolons.
    mutating func apply(_ sequence: ControlSequence) {
        let parameters = sequence.parameters
        if parameters.isEmpty { self = .plain }
        var index = 0
        while index < parameters.count {
            var end = index + 1
            while end < parameters.count, parameters[end].isSub { end += 1 }
            let code = sequence.value(index, default: 0)
            if code == 38 || code == 48 || code == 58 {
                index = applyColor(code, sequence, from: index, groupEnd: end)
                continue
            }
            if code == 4, end > index + 1 {
                underline = Underline(rawValue: UInt8(min(sequence.value(index + 1, default: 1), 9))) ?? .single
            } else {
                apply(code)
            }
            index = end
        }
    }

    private mutating func apply(_ code: Int) {
        switch code {
        case 0: self = .plain
        case 1: attributes.insert(.bold)
        case 2: attributes.insert(.faint)
        case 3: attributes.insert(.italic)
        case 4: underline = .single
        case 5, 6: attributes.insert(.blink)
        case 7: attributes.insert(.reverse)
        case 8: attributes.insert(.conceal)
        case 9: attributes.insert(.strike)
        case 21: underline = .double
        case 22: attributes.subtract([.bold, .faint])
        case 23: attributes.remove(.italic)
        case 24: underline = .none
        case 25: attributes.remove(.blink)
        case 27: attributes.remove(.reverse)
        case 28: attributes.remove(.conceal)
        case 29: attributes.remove(.strike)
        case 53: attributes.insert(.overline)
        case 55: attributes.remove(.overline)
        case 30...37: foreground = Color(index: UInt8(code - 30))
        case 39: foreground = .default
        case 40...47: background = Color(index: UInt8(code - 40))
        case 49: background = .default
        case 90...97: foreground = Color(index: UInt8(code - 90 + 8))
        case 100...107: background = Color(index: UInt8(code - 100 + 8))
        default: break
        }
    }

    /// Reads 38, 48 or 58 with what belongs to it; answers where the next attribute begins.
    private mutating func applyColor(_ code: Int, _ sequence: ControlSequence, from index: Int, groupEnd: Int) -> Int {
        let hasSubs = groupEnd > index + 1
        let kind = sequence.value(index + 1, default: -1)
        let length = kind == 2 ? 5 : kind == 5 ? 3 : 2
        let end = hasSubs ? groupEnd : min(index + length, sequence.parameters.count)
        func byte(_ place: Int) -> UInt8 { UInt8(min(sequence.value(place, default: 0), 255)) }
        let color: Color
        switch kind {
        case 5 where end >= index + 3:
            color = Color(index: byte(index + 2))
        case 2 where end >= index + 5:
            // With colons there may be a colour space between: 38:2:space:r:g:b.
            let first = hasSubs && end >= index + 6 ? index + 3 : index + 2
            color = Color(red: byte(first), green: byte(first + 1), blue: byte(first + 2))
        default:
            return end
        }
        if code == 38 { foreground = color } else if code == 48 { background = color }
        return end
    }
}
