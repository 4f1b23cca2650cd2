/// Collects the bytes that bring a terminal into a state.
package struct EscapeWriter: Sendable {
    package private(set) var bytes: [UInt8] = []
    /// The style that the terminal writes with after `bytes`, so that only changes are sent.
    private var style = Style.plain

    package init() {}

    package mutating func raw(_ text: StaticString) {
        text.withUTF8Buffer { unsafe bytes.append(contentsOf: $0) }
    }

    mutating func byte(_ byte: UInt8) { bytes.append(byte) }

    package mutating func escape(_ final: Unicode.Scalar) {
        bytes.append(0x1B)
        bytes.append(UInt8(truncatingIfNeeded: final.value))
    }

    package mutating func escape(_ intermediate: Unicode.Scalar, _ final: UInt8) {
        escape(intermediate)
        bytes.append(final)
    }

    /// CSI, the parameters, and what ends it: a final byte, or an intermediate and a final byte.
    package mutating func sequence(_ parameters: [Int] = [], _ ending: StaticString) {
        raw("\u{1B}[")
        for (index, parameter) in parameters.enumerated() {
            if index > 0 { bytes.append(0x3B) }
            number(parameter)
        }
        raw(ending)
    }

    /// DECSET or DECRST.
    package mutating func privateMode(_ mode: Int, _ isSet: Bool) {
        raw("\u{1B}[?")
        number(mode)
        raw(isSet ? "h" : "l")
    }

    /// CUP: places count from 0.
    package mutating func move(to position: Position) {
        sequence([position.row + 1, position.column + 1], "H")
    }

    package mutating func number(_ value: Int) { bytes.append(contentsOf: String(value).utf8) }

    package mutating func scalar(_ scalar: Unicode.Scalar) {
        if scalar.isASCII {
            bytes.append(UInt8(truncatingIfNeeded: scalar.value))
        } else {
            bytes.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
        }
    }

    /// Says which style the terminal has, where the caller knows and this writer can not.
    package mutating func resetStyle() {
        raw("\u{1B}[0m")
        style = .plain
    }

    package mutating func set(_ new: Style) {
        guard new != style else { return }
        style = new
        raw("\u{1B}[0")
        let attributes: [(Style.Attributes, Int)] = [
            (.bold, 1), (.faint, 2), (.italic, 3), (.blink, 5), (.reverse, 7), (.conceal, 8), (.strike, 9),
            (.overline, 53),
        ]
        for (attribute, code) in attributes where new.attributes.contains(attribute) { parameter(code) }
        underline(new.underline)
        color(new.foreground, plain: 30, bright: 90, extended: 38)
        color(new.background, plain: 40, bright: 100, extended: 48)
        raw("m")
    }

    private mutating func parameter(_ value: Int) {
        bytes.append(0x3B)
        number(value)
    }

    private mutating func underline(_ underline: Style.Underline) {
        switch underline {
        case .none: break
        case .single: parameter(4)
        case .double: parameter(21)
        case .curly, .dotted, .dashed:
            parameter(4)
            bytes.append(0x3A)
            number(Int(underline.rawValue))
        }
    }

    private mutating func color(_ color: Color, plain: Int, bright: Int, extended: Int) {
        switch color.value {
        case .default: break
        case .index(let index) where index < 8: parameter(plain + Int(index))
        case .index(let index) where index < 16: parameter(bright + Int(index) - 8)
        case .index(let index):
            parameter(extended)
            parameter(5)
            parameter(Int(index))
        case .rgb(let red, let green, let blue):
            parameter(extended)
            parameter(2)
            for part in [red, green, blue] { parameter(Int(part)) }
        }
    }
}
