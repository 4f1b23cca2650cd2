package import JSONText
import SessionModel
import Wire

extension ControlMethod {
    static let discover = ControlMethod(
        "rpc.discover", "describe all methods, as an OpenRPC document", scope: .server,
        traits: [.readOnly, .idempotent],
        result: [
            .init("openrpc", .text, isRequired: true, "the version of OpenRPC"),
            .init("info", .anything, isRequired: true, "what this describes"),
            .init("methods", .list(.anything), isRequired: true, "the methods"),
            .init("components", .anything, isRequired: true, "the errors, by their codes"),
        ]
    ) { _ async throws(ControlFailure) in OpenRPC.document }
}

/// The description of the methods that <https://spec.open-rpc.org> defines, made from the table.
package enum OpenRPC {
    package static var document: JSONValue {
        [
            "openrpc": "1.3.2",
            "info": [
                "title": "cmdop-control", "version": "1.0.0",
                "description": "Shared live sessions, for scripts and agents. JSON-RPC 2.0, one message a line.",
            ],
            "methods": .array(MethodTable.all.map(method)),
            "components": [
                "errors": .object(JSONObject(ControlFailure.Code.allCases.map { ($0.rawValue, error($0)) }))
            ],
        ]
    }

    private static func method(_ method: ControlMethod) -> JSONValue {
        [
            "name": .string(method.name), "summary": .string(method.summary),
            "description": .string(method.description), "paramStructure": "by-name",
            "params": .array(method.parameters.map(parameter)),
            "result": ["name": "result", "schema": Schema.json(of: method.result)],
            // Whole, not by reference: not every reader follows those.
            "errors": .array(method.allFailures.map(error)),
        ]
    }

    private static func parameter(_ parameter: Schema.Property) -> JSONValue {
        [
            "name": .string(parameter.name), "description": .string(parameter.summary),
            "required": .bool(parameter.isRequired), "schema": parameter.schema.json,
        ]
    }

    private static func error(_ code: ControlFailure.Code) -> JSONValue {
        [
            "code": .integer(code.number), "message": .string(code.summary),
            "data": ["code": .string(code.rawValue)],
        ]
    }
}

extension ControlMethod {
    /// Summary, details, and what the caller must be.
    package var description: String {
        var sentences = ["\(summary.prefix(1).uppercased())\(summary.dropFirst())."]
        if !details.isEmpty { sentences.append(details) }
        if case .session(let capability) = scope, capability.leastRole > .observer {
            sentences.append("Needs role \(capability.leastRole.name).")
        }
        return sentences.joined(separator: " ")
    }
}
