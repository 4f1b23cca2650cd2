import JSONText
import Testing

@Suite("JSON that is written")
struct JSONWriterTests {
    @Test("is one line, its members in the order in which they were put there")
    func order() {
        let value: JSONValue = ["z": 1, "a": [true, nil, .number(1.5)], "m": ["x": "y"], "e": []]
        #expect(value.text == #"{"z":1,"a":[true,null,1.5],"m":{"x":"y"},"e":[]}"#)
    }

    @Test("escapes what ends a string, and what could forge a line or move a cursor")
    func escapes() throws {
        let hostile = "\"\\\n\r\t\u{1B}[2J\u{7F}\u{9B}\u{2028}\u{202E}\u{200B}\u{E0001}"
        let written = #""\"\\\n\r\t\u001b[2J\u007f\u009b\u2028\u202e\u200b\udb40\udc01""#
        #expect(JSONValue.string(hostile).text == written)
        #expect(JSONValue.string("é 你 😀 a\u{301}").text == "\"é 你 😀 a\u{301}\"")
        #expect(try JSONValue(parsing: Array(written.utf8)) == .string(hostile))
    }

    @Test("has numbers that come back the same, and null for what JSON has no number for")
    func numbers() throws {
        for number in [
            0.1, -0.0, 1e300, Double.leastNonzeroMagnitude, 1e-7, 123_456_789.125, Double.greatestFiniteMagnitude,
        ] {
            #expect(try JSONValue(parsing: JSONValue.number(number).encoded) == .number(number))
        }
        #expect(JSONValue.array([.number(.nan), .number(.infinity)]).text == "[null,null]")
    }

    @Test("is read back by name and kind")
    func access() {
        var object: JSONObject = ["a": 1, "b": .number(2), "c": "x", "d": true, "e": [1], "f": nil]
        let value = JSONValue.object(object)
        #expect(value["a"]?.integer == 1 && value["a"]?.number == 1 && value["b"]?.integer == 2)
        #expect(value["c"]?.string == "x" && value["d"]?.bool == true && value["e"]?.array == [1])
        #expect(value["f"]?.isNull == true && value["g"] == nil && value["c"]?.integer == nil)
        #expect(JSONValue.number(1.5).integer == nil && JSONValue.number(1e300).integer == nil)
        object["a"] = nil
        object["a"] = 9
        #expect(object.names == ["b", "c", "d", "e", "f", "a"])
        #expect(object == ["a": 9, "f": nil, "e": [1], "d": true, "c": "x", "b": .number(2)])
    }
}
