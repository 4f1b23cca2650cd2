/// A terminal's title and the ones put away by XTWINOPS 22, bounded and without control characters.
struct TitleStack {
    private static let depth = 8
    private static let byteLimit = 256

    private(set) var title = ""
    private var saved: [String] = []

    /// What of an OSC 0 or 2 is a title, or nothing for other strings.
    static func title(in payload: [UInt8]) -> String? {
        guard payload.count >= 2, payload[0] == 0x30 || payload[0] == 0x32, payload[1] == 0x3B else { return nil }
        var title = String.UnicodeScalarView()
        var count = 0
        for scalar in String(decoding: payload[2...], as: UTF8.self).unicodeScalars {
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate: continue
            default: break
            }
            count += UTF8.width(scalar)
            guard count <= byteLimit else { break }
            title.append(scalar)
        }
        return String(title)
    }

    mutating func set(_ title: String) { self.title = title }

    /// Acts on XTWINOPS; `true` where it is about the title and may have changed it.
    mutating func operate(_ sequence: ControlSequence) -> Bool {
        guard [0, 2].contains(sequence.value(1, default: 0)) else { return false }
        switch sequence.value(0, default: 0) {
        case 22:
            if saved.count < Self.depth { saved.append(title) }
            return false
        case 23:
            guard let last = saved.popLast() else { return false }
            title = last
            return true
        default:
            return false
        }
    }
}
