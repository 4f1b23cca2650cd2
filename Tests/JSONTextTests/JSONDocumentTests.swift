import JSONText
import Testing

@Suite("JSON as people write it")
struct JSONDocumentTests {
    private let text = """
        // A line.
        {
          "name": "é", /* and
          more */ "ports": [ 80, 443, ],
          "build": { "dockerfile": "Dockerfile", }, // last
        }

        """

    @Test("may have comments and trailing commas, and says where its values stand")
    func places() throws {
        let document = try JSONDocument(parsing: Array(text.utf8))
        #expect(document.value == ["name": "é", "ports": [80, 443], "build": ["dockerfile": "Dockerfile"]])
        #expect(document.place(of: []).description == "line 2, column 1")
        #expect(document.place(of: ["name"]).description == "line 3, column 11")
        #expect(document.place(of: ["ports", "1"]).description == "line 4, column 26")
        #expect(document.place(of: ["build", "context"]).description == "line 5, column 12")
        #expect(throws: JSONError.self) { try JSONValue(parsing: Array(text.utf8)) }
    }

    @Test(
        "is refused where it is none",
        arguments: [
            ("{\n  \"a\": 1,,\n}", "line 2, column 10"), ("{ /* never", "line 1, column 3"),
            ("[1 2]", "line 1, column 4"),
            ("{,}", "line 1, column 2"), ("[,]", "line 1, column 2"), ("", "line 1, column 1"),
            ("/", "line 1, column 1"),
        ])
    func errors(_ text: String, _ place: String) throws {
        let bytes = Array(text.utf8)
        let error = #expect(throws: JSONError.self) { try JSONDocument(parsing: bytes) }
        #expect(JSONDocument.place(of: error?.offset ?? -1, in: bytes).description == place)
    }
}
