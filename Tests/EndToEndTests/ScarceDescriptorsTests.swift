import Foundation
import Platform
import TestKit
import Testing

@Suite("When descriptors are scarce")
struct ScarceDescriptorsTests {
    /// Sets what a running process may have for now, also below what it has.
    private func limit(_ pid: pid_t, to descriptors: Int) async throws {
        try await CommandRun.succeed(["prlimit", "--pid", String(pid), "--nofile=\(descriptors):"])
    }

    private func processorTime(_ pid: pid_t) -> Duration {
        ProcessTree.facts(of: ProcessID(rawValue: pid))?.processorTime ?? .zero
    }

    @Test("a host that has none left says so for a command, in its log, and goes on with its terminal")
    func host() async throws {
        let key = try await SSHKeyPair()
        let server = try await ServerUnderTest(operators: ["alice": key])
        let terminal = try server.client(key).attach("one")
        terminal.type("echo here-$((40 + 2))\r")
        try await terminal.waitFor("here-42")
        let host = try #require(server.hostPIDs()["one"])
        try await limit(host, to: 8)
        // Connections are spread over loops: on some there is a link to the host, on others there can be none.
        for _ in 0..<4 {
            let run = try await server.client(key).run("one", "echo ran")
            #expect(run.status == .exited(254), "\(run.outputText)\(run.errorText)")
            let isTold = ["has as many files open as it may", "does not answer", "does not respond"].contains {
                run.errorText.contains($0)
            }
            #expect(isTold, "\(run.errorText)")
        }
        let log = try #require(server.directory.read(".state/sessions/one/host.log"))
        #expect(log.contains("no descriptor left for"), "\(log)")
        terminal.type("echo still-$((40 + 2))\r")
        try await terminal.waitFor("still-42")
        let before = processorTime(host)
        let start = ContinuousClock.now
        for round in 1...20 {
            terminal.type("echo round-\(round)-$((40 + 2))\r")
            try await terminal.waitFor("round-\(round)-42")
        }
        // A listener that spins takes all of the time.
        #expect(processorTime(host) - before < (ContinuousClock.now - start) / 2 + .milliseconds(200))
        try await limit(host, to: 1_024)
        #expect(try await server.client(key).run("one", "echo ran").outputText == "ran\n")
    }

    @Test("a server that has none left does not spin, and lets people in when it has some again")
    func server() async throws {
        let key = try await SSHKeyPair()
        let server = try await ServerUnderTest(operators: ["alice": key])
        #expect(try await server.client(key).run("one", "echo in").outputText == "in\n")
        let pid = try #require(server.process).pid
        try await limit(pid, to: 8)
        let refused = try server.client(key).start("one", "echo in")
        try await eventually("a word in the log", seen: { server.log }) {
            server.log.contains("no descriptor left for a connection")
        }
        let before = processorTime(pid)
        let start = ContinuousClock.now
        // Something else that takes a while.
        try await CommandRun.succeed(["dd", "if=/dev/zero", "of=/dev/null", "bs=1M", "count=10000"])
        #expect(processorTime(pid) - before < (ContinuousClock.now - start) / 2 + .milliseconds(200))
        try await limit(pid, to: 1_024)
        _ = try await refused.waitForEnd()
        try await eventually("a login") {
            try await server.client(key).run("one", "echo in").outputText == "in\n"
        }
    }

    @Test("programs of a session may have as many files open as the server was started with")
    func limitsOfPrograms() async throws {
        let key = try await SSHKeyPair()
        let server = try await ServerUnderTest(operators: ["alice": key], descriptors: "256:2048")
        let run = try await server.client(key).run("one", "ulimit -Sn; ulimit -Hn")
        let numbers = run.outputText.split(separator: "\n")
        #expect(numbers == ["256", "2048"], "\(run.outputText)")
        let terminal = try server.client(key).attach("one")
        terminal.type("echo soft-$(ulimit -Sn)\r")
        try await terminal.waitFor("soft-256")
    }

    @Test("commands are refused with a sentence before the server has none left for others")
    func commands() async throws {
        let keys = [try await SSHKeyPair(), try await SSHKeyPair(), try await SSHKeyPair()]
        let server = try await ServerUnderTest(
            operators: ["alice": keys[0], "bob": keys[1], "carol": keys[2]], descriptors: "128:128")
        let terminal = try server.client(keys[2]).attach("one")
        terminal.type("echo here-$((40 + 2))\r")
        try await terminal.waitFor("here-42")
        var held: [RunningCommand] = []
        var refusal = ""
        while refusal.isEmpty, held.count < 40 {
            let command = try server.client(keys[held.count % 2]).start("one", "echo runs; exec sleep 1000")
            held.append(command)
            try await eventually("a command or a refusal", seen: { server.log }) {
                command.outputTranscript.text == "runs\n" || command.process.exitStatus != nil
            }
            if command.process.exitStatus != nil { refusal = command.errorTranscript.text + " " }
        }
        #expect(refusal.contains("as many files open as"), "\(refusal) after \(held.count)")
        #expect(try await server.client(keys[2]).run("cmdop", "ls").outputText.contains("one"))
        terminal.type("echo still-$((40 + 2))\r")
        try await terminal.waitFor("still-42")
    }
}
