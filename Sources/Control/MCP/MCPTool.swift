import JSONText

/// A method as a tool of the Model Context Protocol.
struct MCPTool: Sendable {
    let method: ControlMethod

    /// What needs a connection that stays, and what is about other faces, is no tool.
    static let all = MethodTable.all.filter {
        !$0.traits.contains(.subscribes) && !["help", "rpc.discover"].contains($0.name)
    }.map(MCPTool.init)

    private static let byName = Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) })

    static func named(_ name: String) -> MCPTool? { byName[name] }

    /// `command_run` for `command.run`: not all clients take a full stop.
    var name: String { String(method.name.map { $0 == "." ? "_" : $0 }) }

    var json: JSONValue {
        [
            "name": .string(name), "title": .string(method.name), "description": .string(method.description),
            "inputSchema": Schema.json(of: method.parameters, isClosed: true),
            "outputSchema": Schema.json(of: method.result),
            "annotations": [
                "title": .string(method.name), "readOnlyHint": .bool(method.traits.contains(.readOnly)),
                "destructiveHint": .bool(method.traits.contains(.destructive)),
                "idempotentHint": .bool(method.traits.contains(.idempotent)), "openWorldHint": false,
            ],
        ]
    }

    /// A result in words, for a model that reads no structure.
    func text(of result: JSONValue) -> String {
        switch method.name {
        case "command.run", "command.wait":
            let output = result["output"]?.string ?? "(bytes that are no text)"
            let end =
                result["running"]?.bool == true
                ? "[it still runs; go on with command_wait]"
                : "[exit status \(result["exitStatus"]?.text ?? "not known")]"
            let cut = result["truncated"]?.bool == true ? "[output is cut; output_read has the rest]\n" : ""
            return "\(output)\(output.hasSuffix("\n") || output.isEmpty ? "" : "\n")\(cut)\(end)"
        case "screen.get": return MCPScreen.text(of: result)
        case "output.read": return result["text"]?.string ?? result.text
        default: return result.text
        }
    }
}
