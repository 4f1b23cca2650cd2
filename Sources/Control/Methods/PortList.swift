import HostClient
import JSONText
import SessionModel
package import Wire

extension ControlMethod {
    static let portList = ControlMethod(
        "port.list", "list the ports on which a session's processes listen, and what operators forward",
        scope: .session(.observe),
        traits: [.readOnly, .idempotent],
        result: [
            .init(
                "ports",
                .list(
                    .object([
                        .init("protocol", .word(["tcp"]), isRequired: true, "how"),
                        .init("address", .text, isRequired: true, "where"),
                        .init("port", .count, isRequired: true, "on which"),
                        .init("pid", .count, isRequired: true, "the process that listens"),
                        .init("program", .text, isRequired: true, "its name for itself"),
                        .init("label", .optional(.text), isRequired: true, "what the environment calls the port"),
                    ])), isRequired: true, "by number"),
            .init(
                "expected",
                .list(
                    .object([
                        .init("port", .count, isRequired: true, "where nobody listens yet"),
                        .init("label", .optional(.text), isRequired: true, "what the environment calls the port"),
                    ])), isRequired: true, "what the environment is to forward besides (forwardPorts)"),
            .init(
                "forwards",
                .list(
                    .object([
                        .init("direction", .word(["in", "out"]), isRequired: true, "in: ssh -L and -D; out: ssh -R"),
                        .init("host", .text, isRequired: true, "where to, or where it was asked to listen"),
                        .init("port", .count, isRequired: true, "on which"),
                        .init("operator", .text, isRequired: true, "who forwards"),
                        .init("transport", .text, isRequired: true, "from where"),
                    ])), isRequired: true, "oldest first"),
        ],
        verb: VerbForm("ports", [.session]) { result, _ in
            let ports = (result["ports"]?.array ?? []) + (result["expected"]?.array ?? [])
            let listening =
                ports.isEmpty
                ? "No process of this session listens.\n"
                : Table.text([["PORT", "ADDRESS", "PID", "PROGRAM", "LABEL"]] + ports.map(row(ofPort:)))
            return listening + table(ofForwards: result["forwards"]?.array ?? [])
        }
    ) { call async throws(ControlFailure) in
        guard let host = try await call.live().hostProcess else { throw .notRunning(call.session) }
        let ports = call.desk.ports(below: host).sorted { ($0.port, $0.address) < ($1.port, $1.address) }
        let planned = call.desk.store.plannedPorts(of: call.session)
        let expected = planned.forwarded.filter { port in !ports.contains { $0.port == port } }
        return [
            "ports": .array(
                ports.map {
                    [
                        "protocol": "tcp", "address": .string($0.address), "port": .count($0.port),
                        "pid": .count($0.pid), "program": .string($0.program),
                        "label": JSONValue(planned.label(of: $0.port)) { .string($0) },
                    ]
                }),
            "expected": .array(
                expected.map { ["port": .count($0), "label": JSONValue(planned.label(of: $0)) { .string($0) }] }),
            "forwards": .array(
                call.desk.forwards(of: call.session).map {
                    [
                        "direction": .string($0.direction.word), "host": .string($0.host), "port": .count($0.port),
                        "operator": .string($0.who), "transport": .string($0.transport),
                    ]
                }),
        ]
    }

    private static func row(ofPort port: JSONValue) -> [String] {
        [
            "\(port["port"]?.integer ?? 0)", port["address"]?.string ?? "-",
            port["pid"]?.integer.map { "\($0)" } ?? "-",
            (port["program"]?.string ?? "nothing listens yet").printable, (port["label"]?.string ?? "-").printable,
        ]
    }

    private static func table(ofForwards forwards: [JSONValue]) -> String {
        guard !forwards.isEmpty else { return "" }
        return "\n"
            + Table.text(
                [["FORWARD", "HOST", "PORT", "OPERATOR", "FROM"]]
                    + forwards.map {
                        [
                            $0["direction"]?.string ?? "", ($0["host"]?.string ?? "").printable,
                            "\($0["port"]?.integer ?? 0)", $0["operator"]?.string ?? "",
                            $0["transport"]?.string ?? "",
                        ]
                    })
    }
}

/// A socket that a process of a session listens on.
package struct SessionPort: Hashable, Sendable {
    package var address: String
    package var port: UInt16
    package var pid: Int32
    package var program: String

    package init(address: String, port: UInt16, pid: Int32, program: String) {
        self.address = address
        self.port = port
        self.pid = pid
        self.program = program
    }
}

/// What an operator has open to or from a session.
package struct SessionForward: Hashable, Sendable {
    package var who: String
    package var transport: String
    package var direction: ForwardDirection
    /// Where to, or where it was asked to listen.
    package var host: String
    package var port: UInt16

    package init(who: String, transport: String, direction: ForwardDirection, host: String, port: UInt16) {
        self.who = who
        self.transport = transport
        self.direction = direction
        self.host = host
        self.port = port
    }
}
