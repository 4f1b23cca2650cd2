import Foundation
import Platform
import TestKit
import Testing

/// Connections that never log in, from addresses of the loopback, against a server that may have so few descriptors
/// that they fill every place.
@Suite("Strangers", .serialized)
struct StrangersTests {
    /// A server that may have 1,024 descriptors, so that a thousand connections are more than it has places for.
    private struct Besieged {
        let key: SSHKeyPair
        let server: ServerUnderTest
        let worker: PseudoTerminal
        let crowd: RunningCommand

        init(_ arguments: String..., count: Int = 1_000) async throws {
            key = try await SSHKeyPair()
            server = try await ServerUnderTest(operators: ["alice": key], descriptors: "1024:1024")
            worker = try server.client(key, options: ["-b", "127.9.9.9"]).attach("work")
            worker.type("echo here-$((40 + 2))\r")
            try await worker.waitFor("here-42")
            let line = try PythonScript.strangers.line("--port", String(server.port), "--count", String(count))
            crowd = try RunningCommand(line + arguments)
            let said = crowd
            try await eventually("all strangers", seen: { said.errorTranscript.tail }) {
                said.outputTranscript.text.contains("holding \(count)\n")
            }
        }

        /// A member of the team runs a command from the address.
        func logIn(from address: String) async throws -> String {
            try await server.client(key, options: ["-b", address]).run("work", "echo in").outputText
        }

        /// Who is in works on.
        func work() async throws {
            for round in 1...10 {
                worker.type("echo round-\(round)-$((40 + 2))\r")
                try await worker.waitFor("round-\(round)-42")
            }
        }

        func end() async throws -> CommandRun {
            crowd.finishInput()
            return try await crowd.waitForEnd()
        }
    }

    @Test(
        "a thousand silent connections keep nobody out, from their own address or another",
        arguments: ["127.0.0.1/32", "127.0.1.0/29", "127.0.1.0/26"])
    func silent(_ addresses: String) async throws {
        let besieged = try await Besieged("--addresses", addresses)
        let own = addresses.replacingOccurrences(of: #"\.0/.*"#, with: ".1", options: .regularExpression)
            .replacingOccurrences(of: "/32", with: "")
        for address in [own, "127.0.0.77", own] { #expect(try await besieged.logIn(from: address) == "in\n") }
        try await besieged.work()
        let run = try await besieged.end()
        #expect(run.outputText.contains("too many connections that have not logged in"), "\(run.outputText)")
    }

    @Test("two hundred that connect again at once when they are dropped keep nobody out")
    func reconnecting() async throws {
        let besieged = try await Besieged("--reconnect", count: 200)
        for address in ["127.0.0.1", "127.0.0.77", "127.0.0.1"] {
            #expect(try await besieged.logIn(from: address) == "in\n")
        }
        try await besieged.work()
        _ = try await besieged.end()
    }

    @Test("have one line in the log for each address, and one that sums up how many more there were")
    func logged() async throws {
        let key = try await SSHKeyPair()
        let server = try await ServerUnderTest(operators: ["alice": key])
        let crowd = try RunningCommand(
            try PythonScript.strangers.line(
                "--port", String(server.port), "--count", "300", "--addresses", "127.0.2.0/29"))
        try await eventually("all strangers", seen: { crowd.errorTranscript.tail }) {
            crowd.outputTranscript.text.contains("holding 300\n")
        }
        crowd.finishInput()
        _ = try await crowd.waitForEnd()
        try await eventually("eight summaries", seen: { server.log }) {
            server.log.components(separatedBy: "further connections closed before login").count == 9
        }
        let lines = server.log.split(separator: "\n").filter { $0.contains("127.0.2.") }
        #expect(lines.count == 16, "\(server.log)")
        for address in 0..<8 {
            let isThere = lines.contains { $0.contains("net.peer=127.0.2.\(address) reason=") }
            #expect(isThere, "\(lines)")
        }
    }

    @Test("one key has only so many connections open, is told so, and keeps nobody else out")
    func oneKey() async throws {
        let (alice, bob) = (try await SSHKeyPair(), try await SSHKeyPair())
        let server = try await ServerUnderTest(operators: ["alice": alice, "bob": bob], descriptors: "160:160")
        var held: [RunningCommand] = []
        // A fourth of what clients may take of 160.
        for number in 1...28 {
            let client = try server.client(alice).start("work", flags: ["-N"])
            held.append(client)
            try await eventually("connection \(number)", seen: { server.log }) {
                server.log.components(separatedBy: "operator authenticated").count == number + 1
            }
        }
        let refused = try await server.client(alice).run("work", "true")
        #expect(refused.status != .exited(0))
        #expect(refused.errorText.contains("your key has 28 connections open"), "\(refused.errorText)")
        #expect(try await server.client(bob).run("work", "echo in").outputText == "in\n")
        held[0].process.kill(SIGTERM)
        try await eventually("a free place") {
            try await server.client(alice).run("work", "echo in").outputText == "in\n"
        }
    }
}
