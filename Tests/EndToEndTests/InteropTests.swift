import Control
import Foundation
import JSONText
import TestKit
import Testing

@Suite("The clients that others wrote")
struct InteropTests {
    @Test(
        "attach, type, resize, run a command and detach",
        arguments: ["openssh", "dbclient", "plink", "asyncssh", "paramiko"])
    func client(name: String) async throws {
        let key = try await SSHKeyPair()
        let server = try await ServerUnderTest(operators: ["alice": key])
        let run = try await CommandRun(
            try InteropDriver.line(
                "interop.py", name, "--port", String(server.port), "--user", name, "--key", key.path),
            within: .seconds(120))
        let expected = ["attach", "type", "resize", "exec", "detach"].map { "ok \(name) \($0)\n" }.joined()
        #expect(run.outputText == expected, "\(run.errorText)\n\(server.log)")
        #expect(run.status == .exited(0))
    }

    @Test(
        "an agent works over MCP beside a person, in each of the client library's modes",
        arguments: ["auto", "legacy", "2026-07-28"])
    func mcp(mode: String) async throws {
        let person = try await SSHKeyPair(comment: "alice")
        let agent = try await SSHKeyPair(comment: "robot")
        let server = try await ServerUnderTest(operators: ["alice": person], configuration: Self.personAndAgent)
        try server.addAgent("robot", agent, owner: "alice")
        // It reads all keys when it starts.
        _ = try await server.stop()
        try await server.restart()
        let run = try await CommandRun(
            try InteropDriver.line(
                "mcp_client.py", mode, "--port", String(server.port), "--user", "deploy", "--key", agent.path,
                "--person-key", person.path),
            within: .seconds(120))
        let steps = [
            "connect", "tools", "prompt", "command", "wait", "screen", "refused", "cancel", "turn", "errors",
        ]
        #expect(run.outputText == steps.map { "ok \(mode) \($0)\n" }.joined(), "\(run.errorText)\n\(server.log)")
        #expect(run.status == .exited(0))
    }

    /// The person's turn does not end by itself while the agent is refused.
    private static let personAndAgent = """
        access:
          - {operators: ["*"], sessions: ["*"], role: operator}
        environments:
          default: {kind: process, shell: ["/bin/bash", "--norc"], directory: "/tmp"}
        sessions:
          - {match: "*", release-after: 60s}

        """

    @Test("rpc.discover is a document that an OpenRPC library reads, with schemas that are schemas")
    func openRPC() async throws {
        let team = try await Team()
        let control = try ControlClient(try team.client("alice"), "demo")
        let document = try await control.call("rpc.discover")
        let run = try await CommandRun(try InteropDriver.line("openrpc_check.py"), input: document.encoded)
        #expect(run.outputText == "ok \(document["methods"]?.array?.count ?? 0) methods\n", "\(run.errorText)")
    }

    @Test("ssh-audit finds nothing to fail")
    func audit() async throws {
        let server = try await ServerUnderTest(operators: [:])
        let run = try await CommandRun(
            [try InteropDriver.program("ssh-audit"), "--level=fail", "-p", String(server.port), "127.0.0.1"],
            within: .seconds(60))
        // Its statuses: 0 nothing, 2 warnings (there is no post-quantum exchange in libssh 0.10), 3 failures.
        #expect([.exited(0), .exited(2)].contains(run.status), "\(run.outputText)")
        #expect(!run.outputText.contains("[fail]"), "\(run.outputText)")
    }
}

/// The Python programs in Tests/Interop and where the clients they need are installed.
private enum InteropDriver {
    private static let repository = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// A program of the tests' own Python environment.
    static func program(_ name: String) throws(TestKitError) -> String {
        let path = repository.appendingPathComponent(".build/venv/bin/\(name)").path
        guard FileManager.default.isExecutableFile(atPath: path) else {
            throw TestKitError.missing(path, advice: "make test installs it")
        }
        return path
    }

    static func line(_ script: String, _ arguments: String...) throws(TestKitError) -> [String] {
        [try program("python3"), repository.appendingPathComponent("Tests/Interop/\(script)").path] + arguments
    }
}
