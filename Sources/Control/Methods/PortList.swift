import JSONText
import SessionModel
import Wire

extension ControlMethod {
    static let portList = ControlMethod(
        "port.list", "list the ports on which a session's processes listen", scope: .session(.observe),
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
                    ])), isRequired: true, "by number")
        ],
        verb: VerbForm("ports", [.session]) { result, _ in
            let ports = result["ports"]?.array ?? []
            guard !ports.isEmpty else { return "No process of this session listens.\n" }
            return Table.text(
                [["PORT", "ADDRESS", "PID", "PROGRAM"]]
                    + ports.map {
                        [
                            "\($0["port"]?.integer ?? 0)", $0["address"]?.string ?? "",
                            "\($0["pid"]?.integer ?? 0)", ($0["program"]?.string ?? "").printable,
                        ]
                    })
        }
    ) { call async throws(ControlFailure) in
        guard let host = try await call.live().hostProcess else { throw .notRunning(call.session) }
        let ports = call.desk.ports(below: host).sorted { ($0.port, $0.address) < ($1.port, $1.address) }
        return [
            "ports": .array(
                ports.map {
                    [
                        "protocol": "tcp", "address": .string($0.address), "port": .count($0.port),
                        "pid": .count($0.pid), "program": .string($0.program),
                    ]
                })
        ]
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
