import JSONText
package import SessionModel

/// The first line on the local socket: what a connection is to be. See `Wire/Formats/local-socket.md`.
package struct LocalHello: Hashable, Sendable {
    package enum Face: Hashable, Sendable {
        case verb(line: ByteString)
        /// JSON-RPC; the session is the methods' default.
        case control(session: String?)
        /// The Model Context Protocol; the session is the tools' default.
        case mcp(session: String?)
        case attach(address: String, term: String, columns: Int, rows: Int)
    }

    package static let version: Int64 = 1
    /// The longest line, in bytes.
    package static let longest = 256 * 1_024

    package var face: Face
    /// `LANG` and `LC_*`, by name.
    package var environment: [String: String]

    package init(_ face: Face, environment: [String: String] = [:]) {
        self.face = face
        self.environment = environment
    }

    /// The whole line.
    package var encoded: [UInt8] {
        var object = JSONObject([("cmdop", .integer(Self.version))])
        switch face {
        case .verb(let line):
            object["face"] = "verb"
            object["line"] = .string(line.shown)
            if line.text == nil { object["lineBase64"] = .string(Base64.encode(line.bytes)) }
        case .control(let session):
            object["face"] = "control"
            object["session"] = session.map { .string($0) }
        case .mcp(let session):
            object["face"] = "mcp"
            object["session"] = session.map { .string($0) }
        case .attach(let address, let term, let columns, let rows):
            object["face"] = "attach"
            object["address"] = .string(address)
            object["term"] = .string(term)
            object["columns"] = .integer(Int64(columns))
            object["rows"] = .integer(Int64(rows))
        }
        if !environment.isEmpty {
            object["environment"] = .object(JSONObject(environment.map { ($0, .string($1)) }))
        }
        return JSONValue.object(object).encoded + [0x0A]
    }

    /// Reads the line, without its end.
    package init(parsing line: ArraySlice<UInt8>) throws(LocalRefusal) {
        guard let hello = try? JSONValue(parsing: line), hello.object != nil else {
            throw LocalRefusal(
                "the first line must be a JSON object, such as {\"cmdop\":1,\"face\":\"verb\",\"line\":\"ls\"}")
        }
        guard hello["cmdop"]?.integer == Self.version else {
            throw LocalRefusal(
                "this server speaks version \(Self.version) on the local socket; use the cmdop beside it")
        }
        face = try Self.face(of: hello)
        environment = (hello["environment"]?.object?.members ?? []).reduce(into: [:]) { found, member in
            if let value = member.value.string, Self.isLocale(member.name, value) { found[member.name] = value }
        }
    }

    private static func face(of hello: JSONValue) throws(LocalRefusal) -> Face {
        switch hello["face"]?.string {
        case "verb":
            guard let line = hello["line"]?.string else { throw LocalRefusal("a verb needs \"line\", a string") }
            guard let encoded = hello["lineBase64"]?.string else { return .verb(line: ByteString(line)) }
            guard let bytes = Base64.decode(encoded.utf8) else { throw LocalRefusal("\"lineBase64\" is not base64") }
            return .verb(line: ByteString(bytes))
        case "control":
            return .control(session: hello["session"]?.string)
        case "mcp":
            return .mcp(session: hello["session"]?.string)
        case "attach":
            guard let address = hello["address"]?.string else {
                throw LocalRefusal("to attach needs \"address\", a string")
            }
            return .attach(
                address: address, term: term(hello["term"]?.string), columns: cells(hello["columns"]),
                rows: cells(hello["rows"]))
        default: throw LocalRefusal("\"face\" must be \"verb\", \"control\", \"mcp\" or \"attach\"")
        }
    }

    private static func cells(_ value: JSONValue?) -> Int { Int(min(max(value?.integer ?? 0, 0), 65_535)) }

    /// A name that is none is no reason to leave somebody without a terminal.
    private static func term(_ name: String?) -> String {
        guard let name, (1...64).contains(name.utf8.count), name.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            return "unknown"
        }
        return name
    }

    /// Other variables change what programs do.
    package static func isLocale(_ name: String, _ value: String) -> Bool {
        let isName =
            name == "LANG"
            || name.hasPrefix("LC_") && (4...32).contains(name.utf8.count)
                && name.utf8.allSatisfy { (0x41...0x5A).contains($0) || $0 == UInt8(ascii: "_") }
        return isName && value.utf8.count <= 128 && value.utf8.allSatisfy { (0x21...0x7E).contains($0) }
    }
}

/// Why the local socket does not serve somebody; a sentence for them.
package struct LocalRefusal: Error, Hashable, Sendable {
    package static let status = 254
    package let sentence: String

    package init(_ sentence: String) { self.sentence = sentence }

    /// The whole line.
    package var encoded: [UInt8] {
        JSONValue.object(["refused": .string(sentence), "status": .integer(Int64(Self.status))]).encoded + [0x0A]
    }

    /// Reads the line; `nil` where it says something else.
    package init?(parsing line: ArraySlice<UInt8>) {
        guard let sentence = try? JSONValue(parsing: line)["refused"]?.string else { return nil }
        self.sentence = sentence
    }
}

extension VerbAnswer {
    /// As a line of the local socket.
    package var encoded: [UInt8] {
        let printed = ByteString(carried: text)
        var object = JSONObject([("text", .string(printed.shown)), ("complaint", .string(complaint))])
        if printed.text == nil { object["textBase64"] = .string(Base64.encode(printed.bytes)) }
        object["status"] = .integer(Int64(status))
        return JSONValue.object(object).encoded + [0x0A]
    }

    /// Reads that line; `nil` where it is another one.
    package init?(parsing line: ArraySlice<UInt8>) {
        let limits = JSONLimits(bytes: 64 << 20)
        guard let value = try? JSONValue(parsing: line, limits: limits), let text = value["text"]?.string,
            let complaint = value["complaint"]?.string, let status = value["status"]?.integer
        else { return nil }
        let bytes = value["textBase64"]?.string.flatMap { Base64.decode($0.utf8) }
        self.init(text: ByteString(bytes ?? Array(text.utf8)).carried, complaint: complaint, status: Int(status))
    }
}
