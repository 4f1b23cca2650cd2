import Foundation
import Journal
import TestKit
import Testing
import Wire

@Suite("Signals to a session's host, and to the server")
struct HostSignalTests {
    @Test("TERM ends the session in order: HUP to its programs, the record closed, and it has ended")
    func terminate() async throws {
        let team = try await Team(["alice"])
        let terminal = try await team.attach("alice")
        let file = try team.server.directory.path("hung-up")
        let script = "trap 'echo hung-up > \(file)' HUP; echo set-$((40 + 2)); while sleep 0.1; do :; done"
        terminal.type("bash -c \"\(script.replacingOccurrences(of: "$", with: "\\$"))\"\r")
        try await terminal.waitFor("set-42")
        let host = ProcessFacts(pid: try #require(team.server.hostPIDs()["deploy"]))
        kill(host.pid, SIGTERM)
        try await terminal.waitFor("the session deploy ended by SIGTERM")
        #expect(try await terminal.waitForExit() == .exited(129))
        try await eventually("the end of its host") { !host.isRunning }
        #expect(team.server.directory.read("hung-up") == "hung-up\n")
        #expect(try await team.client("alice").run("cmdop", "ls").outputText.contains("ended (129)"))
        let records = try JournalReader(directory: team.server.journal(of: "deploy")).entries().map(\.record)
        let isClosed = records.contains {
            if case .ended(_, _, by: "SIGTERM to its host") = $0 { true } else { false }
        }
        #expect(isClosed, "\(records.suffix(3))")
    }

    @Test("what is no TERM and no KILL changes nothing")
    func others() async throws {
        let team = try await Team(["alice"])
        let terminal = try await team.attach("alice")
        let host = try #require(team.server.hostPIDs()["deploy"])
        let signals: [Int32] = [
            SIGHUP, SIGINT, SIGQUIT, SIGUSR1, SIGUSR2, SIGALRM, SIGPIPE, SIGXFSZ, SIGXCPU, SIGVTALRM, SIGPROF, SIGIO,
            SIGPWR, SIGTSTP, SIGTTIN, SIGTTOU, SIGWINCH, SIGURG, 34, 64,
        ]
        for signal in signals { kill(host, signal) }
        terminal.type("echo here-$((40 + 2))\r")
        try await terminal.waitFor("here-42")
        // What the host puts off, its children do not.
        terminal.type("kill -USR1 $$; echo never\r")
        #expect(try await terminal.waitForExit() == .exited(128 + SIGUSR1))
    }

    @Test("HUP to the server has it read its files again, and ends nothing")
    func reload() async throws {
        let team = try await Team(["alice"])
        let terminal = try await team.attach("alice")
        let server = try #require(team.server.process)
        server.kill(SIGHUP)
        try await eventually("a line in the log", seen: { team.server.log }) { team.server.log.contains("SIGHUP") }
        let bob = try await SSHKeyPair()
        try team.server.addOperator("bob", bob)
        server.kill(SIGHUP)
        try await eventually("bob's key") {
            try await team.server.client(bob).run("cmdop", "whoami").status == .exited(0)
        }
        terminal.type("echo here-$((40 + 2))\r")
        try await terminal.waitFor("here-42")
        #expect(server.exitStatus == nil)
    }
}
