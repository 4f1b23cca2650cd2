import HostClient
import JSONText
import Platform
import SessionModel
import TestKit
import Testing
import Wire

@testable import Control

@Suite("A verb")
struct VerbTests {
    private func run(_ line: String) async throws -> VerbAnswer {
        await VerbTable.run(ByteString(line), at: try FakeDesk(roles: ["one": .lead]))
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

    @Test("tells what it takes where --help stands behind it, also where words are missing")
    func helpOption() async throws {
        let help = try await run("help grant")
        #expect(help.text.hasPrefix("grant NAME [OPERATOR]\n") && help.text.contains("--at"))
        for line in ["grant --help", "grant one --help", "grant one bob --help"] {
            #expect(try await run(line) == help, "\(line)")
        }
        var command = VerbLine("run one ls --help")
        #expect(try command.read().arguments["command"] == "ls --help")
        #expect(try await run("rules").complaint.contains("usage: rules NAME [OPTION…] [--json]; 'help rules' has"))
    }

    @Test("shows a proposed command to its end, and what would act on the reader's terminal as text")
    func proposals() {
        let proposal: JSONValue = [
            "proposal": 3, "operator": "claude", "expiresIn": 65.5, "approvedBy": nil,
            "command": .string("echo a\n\trm \u{202E}x" + String(repeating: "y", count: 1_200)),
        ]
        let lines = ControlMethod.lines(of: proposal).split(separator: "\n")
        #expect(lines.prefix(2) == ["3 claude: waits for approval, 65s left", "    echo a"])
        #expect(lines.last == Substring("    \\u{9}rm \\u{202e}x" + String(repeating: "y", count: 1_200)))
        var approved = proposal.object ?? JSONObject()
        approved["approvedBy"] = "bob"
        #expect(ControlMethod.lines(of: .object(approved)).hasPrefix("3 claude: approved by bob, waits for the prompt"))
    }

    @Test("says that a command runs only while it does")
    func running() {
        #expect(ControlMethod.row(of: ["number": 1, "exitStatus": nil, "running": true])[2] == "runs")
        #expect(ControlMethod.row(of: ["number": 1, "exitStatus": nil, "running": false])[2] == "-")
    }

    @Test("shows the end of what was said of an environment, also of a session that ended, by whole lines")
    func environment() async throws {
        let desk = try FakeDesk(roles: ["one": .operator, "two": .observer])
        let session = try #require(SessionName("one"))
        let silent = await VerbTable.run("environment one", at: desk)
        #expect(silent.text == "Nothing was said of the environment of 'one'.\n")
        let log = (1...20_000).map { "line \($0)\r\n" }.joined() + "\u{1B}[1mlast\n"
        #expect(try desk.store.open(session).write(log, to: SessionFiles.environmentLog))
        let few = await VerbTable.run("environment --lines 2 one", at: desk)
        #expect(few.text == "line 20000\n?[1mlast\n", "\(few.complaint)")
        #expect(await VerbTable.run("environment --lines 3 --json one", at: desk).text.contains(#""skipped":true"#))
        try desk.store.open(session).write(
            String(repeating: "x", count: 300_000) + "\ny", to: SessionFiles.environmentLog)
        #expect(await VerbTable.run("environment one", at: desk).text == "y")
        #expect(await VerbTable.run("environment two", at: desk).complaint.contains("needs role operator"))
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
