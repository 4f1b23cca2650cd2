import Foundation
import TestKit
import Testing

@Suite("A session whose host does not respond")
struct SilentHostTests {
    /// Stops the session's host, as a debugger or a hanging disk does.
    private func stop(_ team: Team) throws -> ProcessFacts {
        let host = try #require(team.server.hostPIDs()["deploy"])
        kill(host, SIGSTOP)
        return ProcessFacts(pid: host)
    }

    @Test("is told to those attached, listed so, and everybody who asks gets a sentence")
    func told() async throws {
        let team = try await Team(["alice", "carol"])
        let terminal = try await team.attach("alice")
        let host = try stop(team)
        defer { kill(host.pid, SIGCONT) }
        try await terminal.waitFor("the session does not respond")
        let carol = try team.client("carol")
        let list = try await carol.run("cmdop", "ls").outputText
        #expect(list.contains(#/deploy +not responding/#) && list.contains("end deploy --force"), "\(list)")
        let who = try await carol.run("cmdop", "who").outputText
        #expect(who.contains("'deploy' does not respond"), "\(who)")
        for verb in ["screen deploy", "run deploy true", "log deploy", "new deploy", "end deploy", "rm deploy"] {
            let answer = try await carol.run("cmdop", verb)
            #expect(answer.status == .exited(1) && answer.errorText.contains("'deploy' does not respond"), "\(verb)")
        }
        #expect(try await carol.run("cmdop", "get deploy").outputText.contains("not responding"))
        let beside = try await carol.run("deploy", "true")
        #expect(beside.status == .exited(254) && beside.errorText.contains("does not respond"), "\(beside.errorText)")
        let late = try carol.attach("deploy")
        #expect(try await late.waitForExit() == .exited(254))
        #expect(late.transcript.text.contains("does not respond"), "\(late.transcript.text)")
        terminal.type([0x1D, UInt8(ascii: "d")])
        #expect(try await terminal.waitForExit() == .exited(0))
    }

    @Test("is told from one that does not run by a server that has just started, too")
    func freshServer() async throws {
        let team = try await Team(["carol"])
        _ = try await team.client("carol").run("deploy", "true")
        let host = try stop(team)
        defer { kill(host.pid, SIGCONT) }
        try await team.server.kill()
        try await team.server.restart()
        let carol = try team.client("carol")
        for verb in ["screen deploy", "end deploy", "new deploy"] {
            #expect(try await carol.run("cmdop", verb).errorText.contains("'deploy' does not respond"), "\(verb)")
        }
        #expect(try await carol.run("cmdop", "ls").outputText.contains(#/deploy +not responding/#))
        kill(host.pid, SIGCONT)
        #expect(try await carol.run("deploy", "echo on").outputText == "on\n")
        #expect(try await carol.run("cmdop", "ls").outputText.contains(#/deploy +live/#))
    }

    @Test("goes on where it was when its host does, with what was typed meanwhile")
    func goesOn() async throws {
        let team = try await Team(["alice"])
        let terminal = try await team.attach("alice")
        _ = try await terminal.value(of: "ready")
        let host = try stop(team)
        defer { kill(host.pid, SIGCONT) }
        try await terminal.waitFor("the session does not respond")
        terminal.type("echo later-$((40 + 2))\r")
        kill(host.pid, SIGCONT)
        try await terminal.waitFor("the session responds again")
        try await terminal.waitFor("later-42")
        #expect(try await team.client("alice").run("deploy", "echo beside").outputText == "beside\n")
    }

    @Test("is ended by a lead's 'end --force' with all that runs in it, and then removed")
    func forced() async throws {
        let team = try await Team(["alice", "carol"])
        let terminal = try await team.attach("alice")
        let line = "env -i setsid sleep 1000 </dev/null >/dev/null 2>&1 & echo $!"
        let run = try await team.client("alice").run("deploy", line)
        let left = ProcessFacts(pid: try #require(pid_t(run.outputText.dropLast())))
        let host = try stop(team)
        defer { kill(host.pid, SIGCONT) }
        let refused = try await team.client("alice").run("cmdop", "end", "deploy", "--force")
        #expect(refused.status != .exited(0) && host.isRunning && left.isRunning)
        let ended = try await team.client("carol").run("cmdop", "end", "deploy", "--force")
        #expect(ended.outputText == "'deploy' is ended.\n", "\(ended.errorText)")
        try await eventually("the end of its processes") { !host.isRunning && !left.isRunning }
        #expect(try await terminal.waitForExit() == .exited(254))
        #expect(try await team.client("carol").run("cmdop", "ls").outputText.contains("ended (137)"))
        #expect(try await team.client("carol").run("cmdop", "rm", "deploy").outputText == "'deploy' is removed.\n")
        #expect(try await team.client("alice").run("deploy", "echo anew").outputText == "anew\n")
    }

    @Test("is what 'end --force' is not needed for: one that responds ends in order")
    func inOrder() async throws {
        let team = try await Team(["carol"])
        let terminal = try await team.attach("carol")
        let ended = try await team.client("carol").run("cmdop", "end", "deploy", "--force")
        #expect(ended.outputText == "'deploy' is ended.\n", "\(ended.errorText)")
        try await terminal.waitFor("ended by carol")
        #expect(try await team.client("carol").run("cmdop", "ls").outputText.contains(#/ended \(129\)/#))
    }

    @Test("answers a command beside the terminal whose end nobody can tell")
    func unknownEnd() async throws {
        let team = try await Team(["alice"])
        let beside = try team.client("alice").start("deploy", "echo out; read line")
        try await eventually("its output") { beside.outputTranscript.text == "out\n" }
        let host = try stop(team)
        defer { kill(host.pid, SIGCONT) }
        beside.write(Array("go\n".utf8))
        let ended = try await beside.waitForEnd()
        #expect(ended.status == .exited(254) && ended.errorText.contains("does not respond"), "\(ended.errorText)")
    }
}
