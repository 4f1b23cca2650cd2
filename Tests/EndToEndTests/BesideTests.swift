import Foundation
import Journal
import SessionModel
import TestKit
import Testing
import Wire

@Suite("Beside the terminal")
struct BesideTests {
    @Test("a command has its own output, its own errors and its own exit status")
    func streamsAndStatus() async throws {
        let key = try await SSHKeyPair()
        let server = try await ServerUnderTest(operators: ["alice": key])
        let run = try await server.client(key).run("one", "echo out; echo err >&2; exit 7")
        #expect(run.outputText == "out\n")
        #expect(run.errorText == "err\n", "\(server.log)")
        #expect(run.status == .exited(7))
    }

    @Test("a command that a signal ends has the status 128 + n", arguments: ["KILL": 137, "TERM": 143])
    func signalled(name: String, status: Int32) async throws {
        let key = try await SSHKeyPair()
        let server = try await ServerUnderTest(operators: ["alice": key])
        let run = try await server.client(key).run("one", "kill -\(name) $$")
        #expect(run.status == .exited(status), "\(run.errorText)\n\(server.log)")
    }

    @Test("a command that is not there has the shell's status and sentence")
    func missingCommand() async throws {
        let key = try await SSHKeyPair()
        let server = try await ServerUnderTest(operators: ["alice": key])
        let run = try await server.client(key).run("one", "no-such-command-here")
        #expect(run.status == .exited(127))
        #expect(run.errorText.contains("no-such-command-here"), "\(run.errorText)\n\(server.log)")
    }

    @Test("five megabytes of any bytes pass both ways unchanged")
    func binaryClean() async throws {
        let key = try await SSHKeyPair()
        let server = try await ServerUnderTest(operators: ["alice": key])
        let bytes = Self.anyBytes(5_000_000)
        let there = try await server.client(key).run("one", "sha256sum", input: bytes)
        let here = try await CommandRun(["sha256sum"], input: bytes)
        #expect(there.outputText == here.outputText, "\(there.errorText)")
        let back = try await server.client(key).run("one", "cat; cat /dev/null >&2", input: bytes)
        #expect(back.output == bytes, "\(back.output.count) bytes came back; \(back.errorText)\n\(server.log)")
        #expect(back.errors.isEmpty)
        #expect(back.status == .exited(0))
    }

    @Test("much on both streams arrives on both, each whole")
    func streamsApart() async throws {
        let key = try await SSHKeyPair()
        let server = try await ServerUnderTest(operators: ["alice": key])
        let command = "head -c 1000000 /dev/zero | tr '\\0' o & head -c 1000000 /dev/zero | tr '\\0' e >&2; wait"
        let run = try await server.client(key).run("one", command)
        #expect(run.output == Array(repeating: UInt8(ascii: "o"), count: 1_000_000), "\(run.output.count)")
        #expect(run.errors == Array(repeating: UInt8(ascii: "e"), count: 1_000_000), "\(server.log)")
    }

    @Test("a command that reads nothing of a long input ends all the same")
    func unreadInput() async throws {
        let key = try await SSHKeyPair()
        let server = try await ServerUnderTest(operators: ["alice": key])
        let run = try await server.client(key).run("one", "exit 3", input: Self.anyBytes(3_000_000))
        #expect(run.status == .exited(3), "\(run.errorText)\n\(server.log)")
    }

    @Test(
        "a script piped into ssh runs in a private shell, and is never typed into the terminal",
        arguments: [[], ["-T"]])
    func privateShell(flags: [String]) async throws {
        let key = try await SSHKeyPair()
        let server = try await ServerUnderTest(operators: ["alice": key])
        let client = server.client(key)
        let terminal = try client.attach("one")
        try await terminal.waitFor("[cmdop] session one")
        let script = "echo in-$CMDOP_SESSION-$((40 + 2)); tty; exit 3\n"
        let run = try await CommandRun(client.arguments("one", flags: flags), input: Array(script.utf8))
        #expect(run.outputText == "in-one-42\nnot a tty\n")
        #expect(run.status == .exited(3), "\(run.errorText)\n\(server.log)")
        terminal.type("echo here-$((40 + 2))\r")
        try await terminal.waitFor("here-42")
        #expect(!terminal.transcript.text.contains("in-one-42"))
        #expect(try Self.typed(in: "one", of: server) == "echo here-$((40 + 2))\r")
    }

    @Test("a command with -t has a terminal of its own, as large as the client's window")
    func ownTerminal() async throws {
        let key = try await SSHKeyPair()
        let server = try await ServerUnderTest(operators: ["alice": key])
        let client = server.client(key)
        let shared = try client.attach("one")
        shared.type("echo shared-$(tty)-$((40 + 2))\r")
        try await shared.waitFor("-42\r\n")
        let own = try client.attach("one", "echo own-$(tty)-; stty size; exit 5", columns: 101, rows: 31)
        #expect(try await own.waitForExit() == .exited(5))
        let text = own.transcript.text
        #expect(text.contains("31 101"), "\(text)")
        let name = text.firstMatch(of: #/own-(/dev/pts/[0-9]+)-/#)?.1
        let sharedName = shared.transcript.text.firstMatch(of: #/shared-(/dev/pts/[0-9]+)-/#)?.1
        #expect(name != nil && sharedName != nil && name != sharedName, "\(text)\n\(server.log)")
    }

    @Test("a change of the window reaches the command's own terminal")
    func windowChange() async throws {
        let key = try await SSHKeyPair()
        let server = try await ServerUnderTest(operators: ["alice": key])
        let command = "trap 'stty size; exit 0' WINCH; echo ready; while :; do read -t 1 -r line; done"
        let own = try server.client(key).attach("one", command)
        try await own.waitFor("ready")
        own.resize(columns: 91, rows: 27)
        try await own.waitFor("27 91")
        #expect(try await own.waitForExit() == .exited(0), "\(server.log)")
    }

    @Test("when the client is killed, its command gets SIGHUP and ends", arguments: [["-T"], ["-tt"]])
    func clientKilled(flags: [String]) async throws {
        let key = try await SSHKeyPair()
        let server = try await ServerUnderTest(operators: ["alice": key])
        let told = try server.directory.path("told")
        let command = """
            trap 'echo hangup >\(told); exit 1' HUP; echo "pid $$ ready"; while :; do read -t 1 -r line <> <(:); done
            """
        let client = try PseudoTerminal(server.client(key).arguments("one", flags: flags, [command]))
        try await client.waitFor("ready")
        let found = client.transcript.text.firstMatch(of: #/pid ([0-9]+) ready/#)
        let pid = try #require(found.flatMap { pid_t($0.1) })
        client.kill(SIGKILL)
        try await eventually("the command's trap", seen: { server.log }) {
            server.directory.read("told") == "hangup\n"
        }
        try await eventually("the command's end") { !ProcessFacts(pid: pid).isRunning }
    }

    @Test("a command that knows no SIGHUP ends with its client, too")
    func clientKilledUntrapped() async throws {
        let key = try await SSHKeyPair()
        let server = try await ServerUnderTest(operators: ["alice": key])
        let client = try server.client(key).start("one", "echo $$; exec sleep 1000")
        try await eventually("the command's pid") { client.outputTranscript.text.hasSuffix("\n") }
        let pid = try #require(pid_t(client.outputTranscript.text.dropLast()))
        #expect(ProcessFacts(pid: pid).isRunning)
        client.process.kill(SIGKILL)
        try await eventually("the command's end", seen: { server.log }) { !ProcessFacts(pid: pid).isRunning }
    }

    @Test("a command starts the session if need be, and the session stays")
    func startsSession() async throws {
        let key = try await SSHKeyPair()
        let server = try await ServerUnderTest(operators: ["alice": key])
        #expect(server.hostPIDs().isEmpty)
        let run = try await server.client(key).run("fresh", "echo $CMDOP_SESSION")
        #expect(run.outputText == "fresh\n", "\(run.errorText)\n\(server.log)")
        let list = try await server.client(key).run("cmdop", "ls")
        #expect(list.outputText.contains(#/fresh +live/#), "\(list.outputText)")
        #expect(server.hostPIDs()["fresh"] != nil)
    }

    @Test("LANG and LC_* arrive, other variables do not")
    func environment() async throws {
        let key = try await SSHKeyPair()
        let server = try await ServerUnderTest(operators: ["alice": key])
        let sent = ["LANG": "de_DE.UTF-8", "LC_TIME": "C.UTF-8", "CMDOP_TEST": "no", "LD_PRELOAD_X": "no"]
        let client = server.client(key, options: ["-o", "SendEnv=LANG LC_* CMDOP_TEST LD_*"])
        let run = try await CommandRun(client.arguments("one", flags: ["-T"], ["env"]), environment: sent)
        let lines = Set(run.outputText.split(separator: "\n"))
        #expect(lines.isSuperset(of: ["LANG=de_DE.UTF-8", "LC_TIME=C.UTF-8", "CMDOP_SESSION=one"]))
        #expect(!run.outputText.contains("CMDOP_TEST"), "\(server.log)")
        #expect(!run.outputText.contains("LD_PRELOAD_X"))
        #expect(run.status == .exited(0), "\(run.errorText)")
    }

    @Test("+observe only watches, whatever the role: it runs no command, and says so")
    func observing() async throws {
        let key = try await SSHKeyPair()
        let server = try await ServerUnderTest(operators: ["alice": key])
        let run = try await server.client(key).run("one+observe", "echo no")
        #expect(run.status == .exited(254) && run.output.isEmpty, "\(server.log)")
        #expect(run.errorText.hasPrefix("cmdop: +observe only watches"), "\(run.errorText)")
    }

    @Test("an observer runs no command and gets no private shell, and is told so", arguments: [["echo", "no"], []])
    func observer(command: [String]) async throws {
        let (alice, olga) = (try await SSHKeyPair(), try await SSHKeyPair())
        let access = """
            access:
              - {operators: [alice], sessions: ["*"], role: lead}
              - {operators: [olga], sessions: ["*"], role: observer}

            """
        let server = try await ServerUnderTest(operators: ["alice": alice, "olga": olga], configuration: access)
        _ = try await server.client(alice).run("one", "true")
        let run = try await CommandRun(server.client(olga).arguments("one", flags: ["-T"], command))
        #expect(run.status == .exited(254))
        #expect(run.output.isEmpty)
        #expect(run.errorText.contains("your role in one is observer"), "\(run.errorText)\n\(server.log)")
    }

    @Test("the journal says who ran which command, and how it ended")
    func journalled() async throws {
        let key = try await SSHKeyPair()
        let server = try await ServerUnderTest(operators: ["alice": key])
        _ = try await server.client(key).run("one", "exit 7")
        let records = try JournalReader(directory: server.journal(of: "one")).entries().map(\.record)
        let spawned = records.compactMap { record -> (ChildID, Operator, String, [UInt8])? in
            guard case .spawned(let child, _, let who, let transport, let command) = record else { return nil }
            return (child, who, transport, command)
        }
        let (child, who, transport, command) = try #require(spawned.first)
        #expect(spawned.count == 1)
        #expect(who.name == "alice")
        #expect(who.key.fingerprint.text == key.fingerprint)
        #expect(transport.hasPrefix("ssh 127.0.0.1"))
        #expect(command == Array("exit 7".utf8))
        #expect(records.contains(.childExited(child, status: 7, signal: 0)), "\(server.log)")
    }

    @Test("a background process that holds the output holds the client, as under sshd")
    func backgroundHoldsOutput() async throws {
        let key = try await SSHKeyPair()
        let server = try await ServerUnderTest(operators: ["alice": key])
        let gate = try server.directory.path("gate")
        try await CommandRun.succeed(["mkfifo", gate])
        let command = "(read -r line <\(gate); echo \"$line\") & echo started; exit 4"
        let client = try server.client(key).start("one", command)
        try await eventually("the command's end in the journal") {
            try JournalReader(directory: server.journal(of: "one")).entries().contains {
                if case .childExited = $0.record { true } else { false }
            }
        }
        _ = try await server.client(key).run("one", "true")
        #expect(client.process.exitStatus == nil)
        _ = try await server.client(key).run("one", "echo released >\(gate)")
        let run = try await client.waitForEnd()
        #expect(run.outputText == "started\nreleased\n", "\(run.errorText)\n\(server.log)")
        #expect(run.status == .exited(4))
    }

    @Test("a background process that let go of the streams holds nobody, and goes on", arguments: [["-T"], ["-tt"]])
    func backgroundLetGo(flags: [String]) async throws {
        let key = try await SSHKeyPair()
        let server = try await ServerUnderTest(operators: ["alice": key])
        let command = "trap '' HUP; setsid sleep 1000 </dev/null >/dev/null 2>&1 & echo \"pid $!\"; exit 4"
        let client = try PseudoTerminal(server.client(key).arguments("one", flags: flags, [command]))
        #expect(try await client.waitForExit() == .exited(4))
        let found = client.transcript.text.firstMatch(of: #/pid ([0-9]+)/#)
        let pid = try #require(found.flatMap { pid_t($0.1) }, "\(client.transcript.text)")
        #expect(ProcessFacts(pid: pid).isRunning, "\(server.log)")
    }

    @Test("a signal request reaches the command", arguments: ["INT", "USR1"])
    func signalRequest(name: String) async throws {
        let key = try await SSHKeyPair()
        let server = try await ServerUnderTest(operators: ["alice": key])
        let command = "trap 'echo got-\(name); exit 9' \(name); echo ready; while :; do read -t 1 -r line <> <(:); done"
        let run = try await CommandRun(
            try PythonScript.signalCommand.line(
                "--port", String(server.port), "--user", "one", "--key", key.path, "--command", command,
                "--signal", name))
        #expect(run.outputText == "ready\ngot-\(name)\nstatus 9\n", "\(run.errorText)\n\(server.log)")
    }

    /// The same bytes each time, all values among them.
    static func anyBytes(_ count: Int) -> [UInt8] {
        var state: UInt64 = 0x9E37_79B9_7F4A_7C15
        return (0..<count).map { _ in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return UInt8(truncatingIfNeeded: state >> 56)
        }
    }

    /// Everything that operators typed into the session's terminal, as its journal has it.
    static func typed(in session: String, of server: ServerUnderTest) throws -> String {
        let entries = try JournalReader(directory: server.journal(of: session)).entries()
        let bytes = entries.flatMap { entry -> [UInt8] in
            guard case .input(let input) = entry.record, case .bytes(let bytes) = input.content else { return [] }
            return bytes
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension ServerUnderTest {
    /// The directory of a session's journal.
    func journal(of session: String) -> String {
        directory.url.appendingPathComponent(".state/sessions/\(session)/journal").path
    }
}
