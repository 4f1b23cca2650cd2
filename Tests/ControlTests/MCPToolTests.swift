import JSONText
import Testing

@testable import Control

@Suite("The methods as MCP tools")
struct MCPToolTests {
    @Test("are all that need no connection to send on, under names that every client takes")
    func names() {
        let names = MCPTool.all.map(\.name)
        for name in names {
            #expect((1...64).contains(name.utf8.count) && name.utf8.allSatisfy(Self.mayStandInName), "\(name)")
        }
        #expect(Set(names).count == names.count)
        let left = Set(MethodTable.all.map(\.name)).subtracting(MCPTool.all.map(\.method.name))
        #expect(left == ["rpc.discover", "help", "events.subscribe", "events.unsubscribe"])
        #expect(MCPTool.named("command_run")?.method.name == "command.run" && MCPTool.named("command.run") == nil)
    }

    private static func mayStandInName(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x5F: true
        default: false
        }
    }

    @Test("say what they take and give as closed and open schemas of objects", arguments: MCPTool.all.map(\.name))
    func schemas(name: String) throws {
        let tool = try #require(MCPTool.named(name))
        let json = tool.json
        #expect(json["inputSchema"]?["type"] == "object" && json["inputSchema"]?["additionalProperties"] == false)
        #expect(json["outputSchema"]?["type"] == "object" && json["outputSchema"]?["additionalProperties"] == nil)
        #expect(json["description"]?.string?.isEmpty == false && json["title"]?.string?.isEmpty == false)
        let readOnly = tool.method.traits.contains(.readOnly)
        #expect(json["annotations"]?["readOnlyHint"] == .bool(readOnly))
        #expect(json["annotations"]?["openWorldHint"] == false)
    }

    @Test("tell of a command in words, and of its end behind its output")
    func command() throws {
        let run = try #require(MCPTool.named("command_run"))
        let done: JSONValue = ["running": false, "exitStatus": 3, "truncated": true, "output": "one"]
        #expect(run.text(of: done) == "one\n[output is cut; output_read has the rest]\n[exit status 3]")
        let running: JSONValue = ["running": true, "exitStatus": nil, "truncated": false, "output": ""]
        #expect(run.text(of: running) == "[it still runs; go on with command_wait]")
    }
}
