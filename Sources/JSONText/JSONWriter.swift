/// Writes JSON on one line: what reads it line by line can.
///
/// Besides what must be, everything is escaped that could move a terminal's cursor, forge a line or turn text around:
/// what a client prints of it can not be taken for something else.
struct JSONWriter {
    private(set) var bytes: [UInt8] = []

    mutating func write(_ value: JSONValue) {
        switch value {
        case .null: put("null")
        case .bool(let value): put(value ? "true" : "false")
        case .integer(let value): bytes.append(contentsOf: String(value).utf8)
        case .number(let value): write(value)
        case .string(let value): write(value)
        case .array(let values): write(values)
        case .object(let object): write(object)
        }
    }

    private mutating func put(_ text: String) { bytes.append(contentsOf: text.utf8) }

    /// JSON has no infinities and no NaN; they become `null`.
    private mutating func write(_ number: Double) {
        if number.isFinite { bytes.append(contentsOf: "\(number)".utf8) } else { put("null") }
    }

    private mutating func write(_ values: [JSONValue]) {
        put("[")
        for (index, value) in values.enumerated() {
            if index > 0 { put(",") }
            write(value)
        }
        put("]")
    }

    private mutating func write(_ object: JSONObject) {
        put("{")
        for (index, member) in object.members.enumerated() {
            if index > 0 { put(",") }
            write(member.name)
            put(":")
            write(member.value)
        }
        put("}")
    }

    private mutating func write(_ text: String) {
        put("\"")
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": put("\\\"")
            case "\\": put("\\\\")
            case "\n": put("\\n")
            case "\r": put("\\r")
            case "\t": put("\\t")
            case " "..."~": bytes.append(UInt8(truncatingIfNeeded: scalar.value))
            case _ where Self.isVisible(scalar): bytes.append(contentsOf: String(scalar).utf8)
            default: for unit in String(scalar).utf16 { escape(unit) }
            }
        }
        put("\"")
    }

    private mutating func escape(_ unit: UInt16) {
        put("\\u")
        for shift in [12, 8, 4, 0] { bytes.append(Self.digits[Int(unit >> shift & 0xF)]) }
    }

    private static let digits = Array("0123456789abcdef".utf8)

    private static func isVisible(_ scalar: Unicode.Scalar) -> Bool {
        guard scalar.value >= 0xA0 else { return false }
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .unassigned, .privateUse: return false
        default: return true
        }
    }
}

extension JSONValue {
    /// The value on one line, without a line feed.
    package var encoded: [UInt8] {
        var writer = JSONWriter()
        writer.write(self)
        return writer.bytes
    }

    package var text: String { String(decoding: encoded, as: UTF8.self) }
}
