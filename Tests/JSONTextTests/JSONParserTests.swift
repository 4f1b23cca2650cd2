import JSONText
import TestKit
import Testing

@Suite("JSON that is read")
struct JSONParserTests {
    private static func parse(_ text: String, limits: JSONLimits = JSONLimits()) throws -> JSONValue {
        try JSONValue(parsing: Array(text.utf8), limits: limits)
    }

    @Test(
        "is what it says",
        arguments: [
            ("null", JSONValue.null), (" true ", true), ("false", false), ("\"\"", ""), ("[]", []), ("{}", [:]),
            ("0", 0), ("-1", -1), ("9223372036854775807", .integer(.max)), ("-9223372036854775808", .integer(.min)),
            ("9223372036854775808", .number(9_223_372_036_854_775_808)), ("1.5", .number(1.5)), ("1e3", .number(1_000)),
            ("-0", .number(-0.0)), ("2.5E-1", .number(0.25)), ("1E+2", .number(100)),
            ("\"a\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "a\"\\/\u{8}\u{C}\n\r\t"), ("\"\\u00e9\\u4F60\"", "é你"),
            ("\"\\ud83d\\ude00\"", "😀"), ("\"\\u0000\"", "\0"), ("\"é你😀\"", "é你😀"),
            ("[1,[2,{\"a\":[]}]]", [1, [2, ["a": []]]]), ("\t{ \"a\" : 1 ,\r\n\"b\" : null }", ["a": 1, "b": nil]),
        ] as [(String, JSONValue)])
    func values(_ text: String, _ value: JSONValue) throws {
        #expect(try Self.parse(text) == value)
        #expect(try Self.parse(value.text) == value)
    }

    @Test(
        "is refused where it is only like JSON",
        arguments: [
            ("", .unexpectedEnd, 0), ("  ", .unexpectedEnd, 2), ("[", .unexpectedEnd, 1), ("[1,]", .unexpectedByte, 3),
            ("{\"a\":1,}", .unexpectedByte, 7), ("{a:1}", .unexpectedByte, 1), ("{\"a\" 1}", .unexpectedByte, 5),
            ("'a'", .unexpectedByte, 0), ("nul", .unexpectedEnd, 3), ("nulL", .unexpectedByte, 3),
            ("NaN", .unexpectedByte, 0), ("-Infinity", .invalidNumber, 1), ("+1", .unexpectedByte, 0),
            ("01", .invalidNumber, 1), ("-", .unexpectedEnd, 1), ("1.", .unexpectedEnd, 2), (".5", .unexpectedByte, 0),
            ("1.e1", .invalidNumber, 2), ("1e", .unexpectedEnd, 2), ("0x10", .trailingBytes, 1),
            ("1e999", .numberTooLarge, 0), ("1 2", .trailingBytes, 2), ("[]//", .trailingBytes, 2),
            ("\"a", .unexpectedEnd, 2), ("\"a\nb\"", .controlCharacter, 2), ("\"\\x\"", .invalidEscape, 2),
            ("\"\\u12g4\"", .invalidEscape, 5), ("\"\\u12", .unexpectedEnd, 5), ("\"\\ud800\"", .loneSurrogate, 3),
            ("\"\\udc00\\ud800\"", .loneSurrogate, 3), ("\"\\ud800\\u0041\"", .loneSurrogate, 3),
            ("{\"a\":1,\"a\":2}", .repeatedName, 7), ("{\"a\":1,\"\\u0061\":2}", .repeatedName, 7),
            ("\u{FEFF}1", .unexpectedByte, 0),
        ] as [(String, JSONError.Reason, Int)])
    func refusals(_ text: String, _ reason: JSONError.Reason, _ offset: Int) {
        #expect(throws: JSONError(reason, at: offset)) { try Self.parse(text) }
    }

    @Test("is refused where it is not UTF-8")
    func encoding() {
        for bytes: [UInt8] in [[0x22, 0xFF, 0x22], [0x22, 0xC3, 0x22], [0x22, 0xED, 0xA0, 0x80, 0x22]] {
            #expect(throws: JSONError(.invalidUTF8, at: 1)) { try JSONValue(parsing: bytes) }
        }
    }

    @Test("is bounded in length, depth and number of values")
    func limits() throws {
        let limits = JSONLimits(bytes: 20, depth: 3, values: 5)
        #expect(throws: JSONError(.tooLong, at: 20)) { try Self.parse("\"" + "a".repeated(20) + "\"", limits: limits) }
        #expect(try Self.parse("[[[]]]", limits: limits) == [[[]]])
        #expect(throws: JSONError(.tooDeep, at: 3)) { try Self.parse("[[[[]]]]", limits: limits) }
        #expect(throws: JSONError(.tooDeep, at: 15)) { try Self.parse("{\"a\":{\"b\":{\"c\":[]}}}", limits: limits) }
        #expect(try Self.parse("[1,2,3,4]", limits: limits).array?.count == 4)
        #expect(throws: JSONError(.tooManyValues, at: 9)) { try Self.parse("[1,2,3,4,5]", limits: limits) }
        #expect(throws: JSONError(.tooDeep, at: 32)) { try Self.parse("[".repeated(1_000_000)) }
    }

    @Test("of any bytes never traps, and what is taken comes back the same from what is written")
    func hostile() {
        var numbers = SteadyNumbers(seed: 3)
        let sample = """
            {"jsonrpc":"2.0","id":-17,"method":"input.send","params":{"text":"h\\u00e9\\ud83d\\ude00 你\\n",
            "list":[1,2.5e-3,true,false,null,{"deep":[[[[]]]]}],"":0.1,"big":12345678901234567890}}
            """
        let alphabet = Array("{}[]\",:\\u0dD8cC9eE+-.truefalsn \u{FF}".utf8)
        var taken = 0
        for _ in 0..<20_000 {
            let bytes = numbers.mutated(Array(sample.utf8), with: alphabet)
            guard let value = try? JSONValue(parsing: bytes) else { continue }
            taken += 1
            #expect((try? JSONValue(parsing: value.encoded)) == value)
        }
        #expect(taken > 100)
        for _ in 0..<20_000 {
            let bytes = (0..<Int.random(in: 0...24, using: &numbers)).map { _ in
                alphabet.randomElement(using: &numbers) ?? 0
            }
            guard let value = try? JSONValue(parsing: bytes) else { continue }
            #expect((try? JSONValue(parsing: value.encoded)) == value)
        }
    }
}

extension String {
    fileprivate func repeated(_ count: Int) -> String { String(repeating: self, count: count) }
}
