import JSONText
import SessionModel
import TestKit
import Testing

@testable import Control

@Suite("A conversation in JSON-RPC")
struct ConversationTests {
    private func code(_ answer: JSONValue?) -> String? { answer?["error"]?["data"]?["code"]?.string }

    @Test("answers each line with one, in whatever pieces it came")
    func answers() async throws {
        let talk = try await TestConversation()
        for piece in ["{\"jsonrpc\":\"2.0\",\"id\":", "7,\"method\":\"who", "ami\"}\r\n\n"] {
            await talk.receive(piece)
        }
        let answer = try #require(try await talk.answers(1).first)
        #expect(answer["id"] == 7 && answer["jsonrpc"] == "2.0" && answer["result"]?["operator"] == "alice")
        await talk.receive("{\"jsonrpc\":\"2.0\",\"id\":\"a\",\"method\":\"server.info\",\"params\":{}}\n")
        #expect(try await talk.answers(2).last?["id"] == "a")
    }

    @Test(
        "answers bad requests with their codes",
        arguments: [
            ("nonsense", -32_700, "parse-error", nil),
            ("[\(String(repeating: "{},", count: 9_999)){}]", -32_600, "invalid-request", nil),
            ("17", -32_600, "invalid-request", nil),
            (#"{"jsonrpc":"1.0","id":1,"method":"whoami"}"#, -32_600, "invalid-request", 1),
            (#"{"jsonrpc":"2.0","id":1}"#, -32_600, "invalid-request", 1),
            (#"{"jsonrpc":"2.0","id":{},"method":"whoami"}"#, -32_600, "invalid-request", nil),
            (#"{"jsonrpc":"2.0","id":1,"method":"dance"}"#, -32_601, "unknown-method", 1),
            (#"{"jsonrpc":"2.0","id":1,"method":"whoami","params":[1]}"#, -32_602, "invalid-params", 1),
            (#"{"jsonrpc":"2.0","id":1,"method":"whoami","params":{"x":1}}"#, -32_602, "invalid-params", 1),
            (#"{"jsonrpc":"2.0","id":1,"method":"session.get"}"#, -32_602, "invalid-params", 1),
            (#"{"jsonrpc":"2.0","id":1,"method":"session.get","params":{"session":5}}"#, -32_602, "invalid-params", 1),
            (
                #"{"jsonrpc":"2.0","id":1,"method":"session.get","params":{"session":"no"}}"#, -32_001,
                "no-such-session", 1
            ),
            (
                #"{"jsonrpc":"2.0","id":1,"method":"session.get","params":{"session":"../x"}}"#, -32_001,
                "no-such-session", 1
            ),
            (#"{"jsonrpc":"2.0","id":1,"method":"session.end","params":{"session":"one"}}"#, -32_002, "not-allowed", 1),
            (
                #"{"jsonrpc":"2.0","id":1,"method":"exec.run","params":{"session":"one","command":"x"}}"#, -32_002,
                "not-allowed", 1
            ),
            (#"{"jsonrpc":"2.0","id":1,"method":"screen.get","params":{"session":"one"}}"#, -32_003, "not-running", 1),
            (
                #"{"jsonrpc":"2.0","id":1,"method":"turn.acquire","params":{"session":"one","lease":0}}"#, -32_602,
                "invalid-params", 1
            ),
            (
                #"{"jsonrpc":"2.0","id":1,"method":"turn.acquire","params":{"session":"one","lease":9999999}}"#,
                -32_602, "invalid-params", 1
            ),
            (
                #"{"jsonrpc":"2.0","id":1,"method":"input.keys","params":{"session":"one","keys":["a",1]}}"#, -32_602,
                "invalid-params", 1
            ),
        ] as [(String, Int64, String, Int64?)])
    func badRequests(_ line: String, _ number: Int64, _ word: String, _ id: Int64?) async throws {
        let talk = try await TestConversation(roles: ["one": .agent])
        await talk.receive(line + "\n")
        let answer = try #require(try await talk.answers(1).first)
        #expect(answer["error"]?["code"] == .integer(number) && code(answer) == word, "\(answer)")
        #expect(answer["id"] == (id.map { .integer($0) } ?? .null))
        #expect(answer["error"]?["message"]?.string?.isEmpty == false)
        // And goes on.
        await talk.receive("{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"whoami\"}\n")
        #expect(try await talk.answers(2).last?["result"] != nil)
    }

    @Test("drops a line of 100 MB without keeping it, and goes on")
    func longLine() async throws {
        let talk = try await TestConversation()
        let piece = String(repeating: "x", count: 1 << 20)
        for _ in 0..<100 { await talk.receive(piece) }
        await talk.receive("\n{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"whoami\"}\n")
        let answers = try await talk.answers(2)
        #expect(code(answers[0]) == "parse-error" && answers[1]["id"] == 2)
    }

    @Test("refuses an id that is in use, and takes it when it is free again")
    func repeatedIDs() async throws {
        let talk = try await TestConversation()
        let line = "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"whoami\"}\n"
        await talk.receive(line + line)
        let answers = try await talk.answers(2)
        #expect(answers.count { code($0) == "invalid-request" } == 1 && answers.count { $0["result"] != nil } == 1)
        await talk.receive(line)
        #expect(try await talk.answers(3).last?["result"] != nil)
    }

    @Test("says nothing to a notification, whatever it asks")
    func notifications() async throws {
        let talk = try await TestConversation()
        await talk.receive("{\"jsonrpc\":\"2.0\",\"method\":\"whoami\"}\n{\"jsonrpc\":\"2.0\",\"method\":\"dance\"}\n")
        await talk.receive("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"whoami\"}\n")
        #expect(try await talk.answers(1).map { $0["id"] } == [1])
    }

    @Test("takes in no more than it may while answers are not read, and loses nothing")
    func unread() async throws {
        var limits = Conversation.Limits()
        limits.unread = 1_000
        limits.requests = 16
        let talk = try await TestConversation(limits: limits)
        await talk.receive((1...200).map { "{\"jsonrpc\":\"2.0\",\"id\":\($0),\"method\":\"whoami\"}\n" }.joined())
        _ = try await talk.answers(5)
        await talk.act { _ in }
        #expect(talk.count < 100)
        while talk.count < 200 {
            let before = talk.count
            await talk.act { $0.unread = 0 }
            try await eventually("more answers") { talk.count > before }
        }
        #expect(Set(try talk.answers.compactMap { $0["id"]?.integer }) == Set(1...200))
    }
}
