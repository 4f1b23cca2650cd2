import JSONText
import SessionModel
import TestKit
import Testing

@testable import Control

@Suite("A verb")
struct VerbTests {
    private func run(_ line: String) async throws -> VerbAnswer {
        await VerbTable.run(line, at: try FakeDesk(roles: ["one": .lead]))
    }

    @Test("is text for people and one line of JSON for programs")
    func report() async throws {
        let text = try await run("whoami")
        #expect(text == VerbAnswer(text: "alice, a person, by key SHA256:alice\n", complaint: "", status: 0))
        let json = try await run("--json whoami")
        #expect(json.text == #"{"operator":"alice","kind":"person","key":"SHA256:alice"}"# + "\n" && json.status == 0)
        #expect(try await run("whoami --json") == json)
    }

    @Test(
        "says what is wrong on the other stream, with a status",
        arguments: [
            ("dance", 2, "unknown-verb"), ("ls --jason", 2, "usage"), ("ls more", 2, "usage"), ("end", 2, "usage"),
            ("kick one", 2, "usage"), ("kick one two", 2, "invalid-params"), ("-x", 2, "usage"),
            ("end two", 1, "no-such-session"), ("end one", 1, "not-running"), ("signal one BOO", 2, "invalid-params"),
            ("wait one --text", 2, "usage"), ("wait one --within soon", 2, "invalid-params"),
        ] as [(String, Int, String)])
    func failures(_ line: String, _ status: Int, _ code: String) async throws {
        let answer = try await run(line)
        #expect(answer.text.isEmpty && answer.complaint.hasPrefix("cmdop: ") && answer.status == status)
        let words = line.split(separator: " ").map(String.init)
        let json = try await run("--json " + words.joined(separator: " "))
        #expect(json.text.isEmpty && json.status == status)
        let error = try JSONValue(parsing: Array(json.complaint.utf8))
        #expect(error["error"]?["code"]?.string == code, "\(json.complaint)")
    }

    @Test("takes the rest of the line as it is, and options before it")
    func rest() throws {
        var line = VerbLine("run --within 2.5 --keep=start one  echo  'a  b' --json")
        let request = try line.read()
        #expect(request.method.name == "command.run" && !request.isJSON)
        #expect(
            request.arguments
                == ["within": .number(2.5), "keep": "start", "session": "one", "command": "echo  'a  b' --json"])
        var flags = VerbLine("wait one --prompt --json")
        let wait = try flags.read()
        #expect(wait.arguments == ["session": "one", "prompt": true] && wait.isJSON)
    }

    @Test("has help that tells what it takes")
    func help() async throws {
        let text = try await run("help wait").text
        for word in ["wait NAME", "--text", "--pattern", "--prompt", "--within", "--json"] {
            #expect(text.contains(word), "\(text)")
        }
        let all = try await run("help").text
        for (verb, _) in VerbTable.all { #expect(all.contains("ssh cmdop@host \(verb.usage)"), "\(verb.name)") }
    }
}
