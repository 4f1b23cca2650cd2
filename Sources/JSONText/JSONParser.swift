/// Reads JSON (RFC 8259) and nothing that is only like it: no comments, no trailing commas, no byte order mark, no lone
/// surrogates, no name twice in one object. Of files that people write it takes comments and trailing commas, too.
struct JSONParser {
    let bytes: ArraySlice<UInt8>
    var position: Int
    private let limits: JSONLimits
    private let hasComments: Bool
    private var values = 0
    /// Where each value begins, by its path; only of what people write.
    private(set) var offsets: [[String]: Int] = [:]
    private var path: [String] = []

    init(_ bytes: ArraySlice<UInt8>, limits: JSONLimits, hasComments: Bool = false) {
        self.bytes = bytes
        self.limits = limits
        self.hasComments = hasComments
        position = bytes.startIndex
    }

    mutating func document() throws(JSONError) -> JSONValue {
        guard bytes.count <= limits.bytes else { throw JSONError(.tooLong, at: limits.bytes) }
        let value = try value(depth: 0)
        try skipSpace()
        guard position == bytes.endIndex else { throw failure(.trailingBytes) }
        return value
    }

    func failure(_ reason: JSONError.Reason) -> JSONError { JSONError(reason, at: position - bytes.startIndex) }

    var next: UInt8? { position < bytes.endIndex ? bytes[position] : nil }

    /// What is wrong with the byte at hand, where another was due.
    var misfit: JSONError { failure(next == nil ? .unexpectedEnd : .unexpectedByte) }

    mutating func skip(_ byte: UInt8) -> Bool {
        guard next == byte else { return false }
        position += 1
        return true
    }

    private mutating func expect(_ byte: UInt8) throws(JSONError) {
        guard skip(byte) else { throw misfit }
    }

    private mutating func skipSpace() throws(JSONError) {
        while let byte = next {
            if byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D {
                position += 1
            } else if !hasComments {
                return
            } else if try !skipComment() {
                return
            }
        }
    }

    private mutating func skipComment() throws(JSONError) -> Bool {
        let rest = bytes[position...]
        if rest.starts(with: Array("//".utf8)) {
            position = rest.firstIndex(of: 0x0A) ?? bytes.endIndex
            return true
        }
        guard rest.starts(with: Array("/*".utf8)) else { return false }
        let start = position
        position += 2
        while let byte = next {
            position += 1
            if byte == UInt8(ascii: "*"), skip(UInt8(ascii: "/")) { return true }
        }
        throw JSONError(.unexpectedEnd, at: start - bytes.startIndex)
    }

    private mutating func value(depth: Int) throws(JSONError) -> JSONValue {
        values += 1
        guard values <= limits.values else { throw failure(.tooManyValues) }
        try skipSpace()
        guard let first = next else { throw misfit }
        if hasComments { offsets[path] = position - bytes.startIndex }
        switch first {
        case UInt8(ascii: "{"): return .object(try object(depth: depth + 1))
        case UInt8(ascii: "["): return .array(try array(depth: depth + 1))
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
        default: throw misfit
        }
    }

    private mutating func word(_ word: StaticString, _ value: JSONValue) throws(JSONError) -> JSONValue {
        for byte in word.description.utf8 { try expect(byte) }
        return value
    }

    private mutating func array(depth: Int) throws(JSONError) -> [JSONValue] {
        guard depth <= limits.depth else { throw failure(.tooDeep) }
        position += 1
        try skipSpace()
        var elements: [JSONValue] = []
        if skip(UInt8(ascii: "]")) { return elements }
        while true {
            path.append("\(elements.count)")
            elements.append(try value(depth: depth))
            path.removeLast()
            try skipSpace()
            if skip(UInt8(ascii: "]")) { return elements }
            try expect(UInt8(ascii: ","))
            guard hasComments else { continue }
            try skipSpace()
            if skip(UInt8(ascii: "]")) { return elements }
        }
    }

    private mutating func object(depth: Int) throws(JSONError) -> JSONObject {
        guard depth <= limits.depth else { throw failure(.tooDeep) }
        position += 1
        try skipSpace()
        var members = JSONObject()
        if skip(UInt8(ascii: "}")) { return members }
        while true {
            try skipSpace()
            let start = position
            guard next == UInt8(ascii: "\"") else { throw misfit }
            let name = try string()
            guard members[name] == nil else { throw JSONError(.repeatedName, at: start - bytes.startIndex) }
            try skipSpace()
            try expect(UInt8(ascii: ":"))
            path.append(name)
            members[name] = try value(depth: depth)
            path.removeLast()
            try skipSpace()
            if skip(UInt8(ascii: "}")) { return members }
            try expect(UInt8(ascii: ","))
            guard hasComments else { continue }
            try skipSpace()
            if skip(UInt8(ascii: "}")) { return members }
        }
    }
}

extension JSONValue {
    /// Reads a whole text that is one JSON value.
    package init(parsing bytes: ArraySlice<UInt8>, limits: JSONLimits = JSONLimits()) throws(JSONError) {
        var parser = JSONParser(bytes, limits: limits)
        self = try parser.document()
    }

    package init(parsing bytes: [UInt8], limits: JSONLimits = JSONLimits()) throws(JSONError) {
        try self.init(parsing: bytes[...], limits: limits)
    }
}
