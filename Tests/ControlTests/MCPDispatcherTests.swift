import JSONText
import SessionModel
import TestKit
import Testing

@testable import Control

@Suite("A conversation in the Model Context Protocol")
struct MCPDispatcherTests {
    private static let mcp: @Sendable (FakeDesk) -> any Dispatcher = { MCPDispatcher(desk: $0) }

    private static let meta =
        #""_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","#
        + #""io.modelcontextprotocol/clientCapabilities":{}}"#

    private static func initialize(_ revision: String = "2025-11-25") -> String {
        #"{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"\#(revision)","#
            + #""capabilities":{},"clientInfo":{"name":"test","version":"1"}}}"#
    }

    private static func line(_ id: Int, _ method: String, _ parameters: String = meta) -> String {
        #"{"jsonrpc":"2.0","id":\#(id),"method":"\#(method)","params":{\#(parameters)}}"# + "\n"
    }

    private func answer(to line: String, after handshake: String? = nil) async throws -> JSONValue {
        let talk = try await TestConversation(roles: ["one": .agent], session: "one", face: Self.mcp)
        if let handshake { await talk.receive(handshake + "\n") }
        await talk.receive(line)
        let count = handshake == nil ? 1 : 2
        return try #require(try await talk.answers(count).last)
    }

    @Test(
        "agrees on the revision that the client names, or the newest that has a handshake",
        arguments: [
            ("2024-11-05", "2024-11-05"), ("2025-03-26", "2025-03-26"), ("2025-06-18", "2025-06-18"),
            ("2025-11-25", "2025-11-25"), ("2026-07-28", "2025-11-25"), ("1999-01-01", "2025-11-25"),
        ])
    func handshake(wanted: String, agreed: String) async throws {
        let result = try #require(try await answer(to: Self.initialize(wanted) + "\n")["result"])
        #expect(result["protocolVersion"] == .string(agreed))
        #expect(result["serverInfo"]?["name"] == "cmdop" && result["resultType"] == nil)
        #expect(result["capabilities"]?.object?.names == ["tools", "resources"])
    }

    @Test("needs no handshake of a request that names its revision")
    func discovery() async throws {
        let result = try #require(try await answer(to: Self.line(1, "server/discover"))["result"])
        #expect(result["supportedVersions"]?.array?.first == "2026-07-28" && result["resultType"] == "complete")
        #expect(result["cacheScope"] == "private" && (result["ttlMs"]?.integer ?? -1) >= 0)
        #expect(result["_meta"]?["io.modelcontextprotocol/serverInfo"]?["name"] == "cmdop")
        let tools = try #require(try await answer(to: Self.line(1, "tools/list"))["result"])
        #expect(tools["tools"]?.array?.count == MCPTool.all.count && tools["cacheScope"] == "public")
    }

    @Test("gives clients of older revisions nothing of the shape that only the newest has")
    func older() async throws {
        let list = try await answer(to: Self.line(1, "tools/list", ""), after: Self.initialize("2024-11-05"))
        #expect(list["result"]?.object?.names == ["tools"])
        let call = Self.line(1, "tools/call", #""name":"whoami""#)
        let result = try await answer(to: call, after: Self.initialize("2025-06-18"))["result"]
        #expect(result?["structuredContent"]?["operator"] == "alice" && result?["resultType"] == nil)
        #expect(result?["content"]?.array?.first?["type"] == "text" && result?["isError"] == false)
    }

    @Test("answers what a method refuses as a result that says why")
    func refusals() async throws {
        for (call, code) in [
            (#""name":"session_get","arguments":{"session":5}"#, "invalid-params"),
            (#""name":"session_get","arguments":{"session":"other"}"#, "no-such-session"),
            (#""name":"session_end""#, "not-allowed"), (#""name":"screen_get","arguments":null"#, "not-running"),
        ] {
            let result = try await answer(to: Self.line(1, "tools/call", "\(call),\(Self.meta)"))["result"]
            let text = result?["content"]?.array?.first?["text"]?.string
            #expect(result?["isError"] == true && result?["structuredContent"] == nil, "\(call)")
            #expect(text?.hasPrefix("\(code): ") == true, "\(text ?? "nothing")")
        }
    }

    private static func version(_ value: String) -> String {
        #""_meta":{"io.modelcontextprotocol/protocolVersion":\#(value)}"#
    }

    private static let bad: [(String, Int64)] = [
        ("nonsense\n", -32_700),
        (#"[{"jsonrpc":"2.0","id":1,"method":"ping"}]"# + "\n", -32_600),
        (line(1, "server/discover", ""), -32_602),
        (line(1, "tools/list", #""_meta":7"#), -32_602),
        (line(1, "tools/list", version(#""2026-07-28""#)), -32_602),
        (line(1, "tools/list", version("1")), -32_602),
        (line(1, "tools/list", version(#""2031-01-01""#)), -32_022),
        (line(1, "tools/list", #""cursor":"x","# + meta), -32_602),
        (line(1, "tools/call"), -32_602),
        (line(1, "tools/call", #""name":"dance","# + meta), -32_602),
        (line(1, "tools/call", #""name":"whoami","arguments":[],"# + meta), -32_602),
        (line(1, "resources/read"), -32_602),
        (line(1, "resources/read", #""uri":"file:///","# + meta), -32_602),
        (line(1, "resources/read", #""uri":"cmdop://session//screen","# + meta), -32_602),
        (line(1, "resources/read", #""uri":"cmdop://session/other/screen","# + meta), -32_001),
        (line(1, "resources/read", #""uri":"cmdop://session/one/screen","# + meta), -32_003),
        (line(1, "prompts/list"), -32_601),
        (line(1, "initialize", ""), -32_602),
    ]

    @Test("answers bad requests with the errors of the protocol, and goes on", arguments: bad)
    func badRequests(line: String, number: Int64) async throws {
        let talk = try await TestConversation(roles: ["one": .agent], face: Self.mcp)
        await talk.receive(line)
        let answer = try #require(try await talk.answers(1).first)
        #expect(answer["error"]?["code"] == .integer(number), "\(answer)")
        await talk.receive(Self.line(2, "server/discover"))
        #expect(try await talk.answers(2).last?["result"] != nil)
    }

    @Test("names what it speaks to a client that speaks something else")
    func unsupported() async throws {
        let meta = #""_meta":{"io.modelcontextprotocol/protocolVersion":"2031-01-01"}"#
        let data = try await answer(to: Self.line(1, "server/discover", meta))["error"]?["data"]
        #expect(data?["requested"] == "2031-01-01" && data?["supported"]?.array?.first == "2026-07-28")
        #expect(data?["supported"]?.array?.count == 5)
    }

    @Test("lists the screens of what runs, and says how the others are called")
    func resources() async throws {
        let list = try await answer(to: Self.line(1, "resources/list"))["result"]
        #expect(list?["resources"] == [] && list?["ttlMs"] == 0)
        let templates = try await answer(to: Self.line(1, "resources/templates/list"))["result"]
        let template = try #require(templates?["resourceTemplates"]?.array?.first)
        #expect(template["uriTemplate"] == "cmdop://session/{session}/screen" && template["mimeType"] == "text/plain")
    }

    @Test("takes a ping before the handshake, and answers no notification")
    func pingAndNotifications() async throws {
        let talk = try await TestConversation(face: Self.mcp)
        let cancel = #"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":9}}"#
        await talk.receive(cancel + "\n")
        await talk.receive("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}\n")
        await talk.receive("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}\n")
        #expect(try await talk.answers(1) == [["jsonrpc": "2.0", "id": 1, "result": [:]]])
    }
}
