import Foundation
import TestKit
import Testing

@Suite("What stock clients can do")
struct StockClientTests {
    @Test("one connection holds channels on three sessions at once, and a command beside one of them")
    func oneConnection() async throws {
        let key = try await SSHKeyPair()
        let server = try await ServerUnderTest(operators: ["alice": key])
        let socket = try server.directory.path("master")
        let first = server.client(key, options: ["-M", "-S", socket, "-o", "ControlPersist=no"])
        let master = try RunningCommand(first.arguments("one", flags: ["-N"]))
        try await eventually("the master's socket", seen: { master.errorTranscript.tail }) {
            FileManager.default.fileExists(atPath: socket)
        }
        let client = server.client(key, options: ["-S", socket, "-o", "ControlMaster=no"])
        let terminals = try [
            "one": client.attach("one"),
            "two": PseudoTerminal(client.arguments("one", flags: ["-tt", "-s"], ["cmdop-session:two"])),
            "three": PseudoTerminal(client.arguments("one", flags: ["-tt", "-s"], ["cmdop-session:three"])),
        ]
        for (name, terminal) in terminals { try await terminal.waitFor("[cmdop] session \(name) ") }
        for terminal in terminals.values { terminal.type("echo in-$CMDOP_SESSION-$((40 + 2))\r") }
        for (name, terminal) in terminals { try await terminal.waitFor("in-\(name)-42") }
        let beside = try await client.run("one", "echo beside-$CMDOP_SESSION; exit 7")
        #expect(beside.outputText == "beside-one\n" && beside.status == .exited(7), "\(beside.errorText)")
        for (name, terminal) in terminals {
            terminal.type([0x1D, UInt8(ascii: "d")])
            #expect(try await terminal.waitForExit() == .exited(0), "\(name)")
        }
        #expect(master.process.exitStatus == nil)
        #expect(server.log.ranges(of: "operator authenticated").count == 1, "\(server.log)")
    }

    @Test("a subsystem reaches a session from the lobby's connection, options and all")
    func subsystem() async throws {
        let key = try await SSHKeyPair()
        let server = try await ServerUnderTest(operators: ["alice": key])
        _ = try await server.client(key).run("one", "true")
        let flags = ["-tt", "-s"]
        let client = server.client(key)
        let watching = try PseudoTerminal(client.arguments("cmdop", flags: flags, ["cmdop-session:one+observe"]))
        try await watching.waitFor("[cmdop] session one")
        watching.type("echo no-$((40 + 2))\r")
        try await watching.waitFor("you only watch")
        #expect(!watching.transcript.text.contains("no-42"))
        let none = try await CommandRun(client.arguments("cmdop", flags: ["-s"], ["no-such-subsystem"]))
        #expect(none.status != .exited(0))
        let malformed = try await CommandRun(client.arguments("cmdop", flags: ["-s"], ["cmdop-session:No/Such"]))
        #expect(malformed.status != .exited(0), "\(malformed.outputText)\(server.log)")
    }

    @Test("ssh -J and ProxyCommand reach it through a plain sshd")
    func jump() async throws {
        let key = try await SSHKeyPair()
        let server = try await ServerUnderTest(operators: ["alice": key])
        let directory = try TemporaryDirectory()
        let sshd = try await PlainServer(key: key, in: directory)
        let configuration = try directory.write(
            """
            Host *
                IdentityFile \(key.path)
                IdentitiesOnly yes
                IdentityAgent none
                StrictHostKeyChecking no
                UserKnownHostsFile /dev/null
                LogLevel ERROR
            Host jump
                HostName 127.0.0.1
                Port \(sshd.port)
                User \(NSUserName())
            Host target
                HostName 127.0.0.1
                Port \(server.port)

            """, to: "client.conf")
        let jumped = try await CommandRun(
            ["ssh", "-F", configuration, "-J", "jump", "-T", "one@target", "echo jumped-$CMDOP_SESSION; exit 7"])
        #expect(jumped.outputText == "jumped-one\n", "\(jumped.errorText)\n\(sshd.log)\n\(server.log)")
        #expect(jumped.status == .exited(7))
        let proxy = "ProxyCommand=ssh -F \(configuration) -W %h:%p jump"
        let attached = try PseudoTerminal(["ssh", "-F", configuration, "-o", proxy, "one@target"])
        try await attached.waitFor("[cmdop] session one")
        attached.type("echo proxied-$((40 + 2))\r")
        try await attached.waitFor("proxied-42")
        attached.type([0x1D, UInt8(ascii: "d")])
        #expect(try await attached.waitForExit() == .exited(0), "\(sshd.log)")
    }

    @Test("fifty megabytes pass with new keys every 64 KiB")
    func rekeyed() async throws {
        let key = try await SSHKeyPair()
        let server = try await ServerUnderTest(operators: ["alice": key])
        let client = server.client(key, options: ["-o", "RekeyLimit=64K"])
        let size = 50_000_000
        let make = "head -c \(size) /dev/zero | tr '\\0' x"
        let run = try await client.run("one", make, within: .seconds(120))
        #expect(run.status == .exited(0), "\(run.errorText)\n\(server.log)")
        #expect(run.output.count == size)
        #expect(run.output.allSatisfy { $0 == UInt8(ascii: "x") })
        let upload = BesideTests.anyBytes(4_000_000)
        let sum = try await client.run("one", "sha256sum", input: upload, within: .seconds(120))
        let expected = try await CommandRun(["sha256sum"], input: upload)
        #expect(sum.outputText == expected.outputText, "\(sum.errorText)\n\(server.log)")
    }

    @Test("an attachment goes on through new keys every 16 KiB, typed into and printed to")
    func rekeyedAttachment() async throws {
        let key = try await SSHKeyPair()
        let server = try await ServerUnderTest(operators: ["alice": key])
        let terminal = try server.client(key, options: ["-o", "RekeyLimit=16K"]).attach("one")
        try await terminal.waitFor("[cmdop] session one")
        terminal.type(
            "for i in $(seq 5); do head -c 100000 /dev/zero | tr '\\0' x; echo; echo part-$i-$((40 + 2)); done\r")
        try await terminal.waitFor("part-5-42", within: .seconds(60))
        terminal.type(
            "stty raw -echo; echo raw-$((40 + 2)); head -c 200000 | sha256sum; stty sane; echo over-$((40 + 2))\r")
        try await terminal.waitFor("raw-42")
        let pasted = Array(repeating: UInt8(ascii: "p"), count: 200_000)
        terminal.type(pasted)
        try await terminal.waitFor("over-42", within: .seconds(60))
        let sum = try await CommandRun(["sha256sum"], input: pasted)
        let text = terminal.transcript.text
        #expect(text.contains(sum.outputText.prefix(64)), "\(text.suffix(2_000))\n\(server.log)")
    }

    @Test("scp -O copies up and down through commands")
    func scp() async throws {
        let key = try await SSHKeyPair()
        let server = try await ServerUnderTest(operators: ["alice": key])
        let bytes = Data(BesideTests.anyBytes(2_000_000))
        let local = try server.directory.path("local"), back = try server.directory.path("back")
        let remote = try server.directory.path("remote")
        try bytes.write(to: URL(fileURLWithPath: local))
        let options = [
            "scp", "-O", "-q", "-F", "none", "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null",
            "-o", "IdentitiesOnly=yes", "-o", "IdentityAgent=none", "-o", "LogLevel=ERROR", "-i", key.path,
            "-P", String(server.port),
        ]
        let up = try await CommandRun(options + [local, "one@127.0.0.1:\(remote)"])
        #expect(up.status == .exited(0), "\(up.errorText)\n\(server.log)")
        #expect(FileManager.default.contents(atPath: remote) == bytes)
        let down = try await CommandRun(options + ["one@127.0.0.1:\(remote)", back])
        #expect(down.status == .exited(0), "\(down.errorText)\n\(server.log)")
        #expect(FileManager.default.contents(atPath: back) == bytes)
        let missing = try await CommandRun(options + ["one@127.0.0.1:\(remote).none", back])
        #expect(missing.status == .exited(1) && missing.errorText.contains("No such file"), "\(missing.errorText)")
    }

    @Test("a client whose terminal is 0 x 0 attaches, types, and leaves the session its size")
    func noSize() async throws {
        let key = try await SSHKeyPair()
        let server = try await ServerUnderTest(operators: ["alice": key])
        let first = try server.client(key).attach("one", columns: 93, rows: 29)
        first.type("echo first-$((40 + 2))\r")
        try await first.waitFor("first-42")
        let client = try RunningCommand(server.client(key).arguments("one", flags: ["-tt"]))
        try await eventually("the screen", seen: { client.errorTranscript.tail + client.outputTranscript.tail }) {
            client.outputTranscript.text.contains("first-42")
        }
        first.type([0x1D, UInt8(ascii: "x")])
        try await eventually("the turn to be free") {
            try await server.client(key).run("cmdop", "ls").outputText.contains(#/live +2 +nobody/#)
        }
        client.write(Array("echo size-$(stty size)-$((40 + 2))\r".utf8))
        try await eventually("the size", seen: { client.outputTranscript.tail }) {
            client.outputTranscript.text.contains("size-29 93-42")
        }
        client.write([0x1D, UInt8(ascii: "d")])
        #expect(try await client.waitForEnd().status == .exited(0), "\(server.log)")
    }

    @Test("a session that a client of 0 x 0 starts has the standard size")
    func noSizeAtStart() async throws {
        let key = try await SSHKeyPair()
        let server = try await ServerUnderTest(operators: ["alice": key])
        let client = try RunningCommand(server.client(key).arguments("one", flags: ["-tt"]))
        client.write(Array("echo size-$(stty size)-$((40 + 2))\r".utf8))
        try await eventually("the size", seen: { client.outputTranscript.tail + server.log }) {
            client.outputTranscript.text.contains("size-24 80-42")
        }
    }

    @Test("ssh -N holds a connection that starts nothing and troubles nobody")
    func noCommand() async throws {
        let key = try await SSHKeyPair()
        let server = try await ServerUnderTest(operators: ["alice": key])
        let client = try RunningCommand(server.client(key).arguments("one", flags: ["-N"]))
        try await eventually("the login", seen: { server.log }) { server.log.contains("operator authenticated") }
        let list = try await server.client(key).run("cmdop", "ls")
        #expect(list.outputText.hasPrefix("No sessions yet"), "\(list.outputText)")
        #expect(client.process.exitStatus == nil)
        client.process.kill(SIGTERM)
        _ = try await client.waitForEnd()
        #expect(try await server.client(key).run("one", "exit 7").status == .exited(7), "\(server.log)")
    }

    @Test("the locale that SendEnv sends is the session's when the client starts it")
    func sendEnv() async throws {
        let key = try await SSHKeyPair()
        let server = try await ServerUnderTest(operators: ["alice": key])
        let client = server.client(key, options: ["-o", "SendEnv=LANG LC_* CMDOP_TEST"])
        let sent = ["LANG": "C.UTF-8", "LC_ALL": "C.UTF-8", "CMDOP_TEST": "no", "TERM": "vt100"]
        let terminal = try PseudoTerminal(client.arguments("one"), environment: sent)
        terminal.type("echo \"<$LANG> <$LC_ALL> <$CMDOP_TEST> <$TERM>\"\r")
        try await terminal.waitFor("<C.UTF-8> <C.UTF-8> <> <xterm-256color>")
        #expect(server.hostPIDs()["one"] != nil)
    }

    @Test("agent and X11 forwarding are refused, and the attachment works all the same")
    func forwardingRefused() async throws {
        let key = try await SSHKeyPair()
        let server = try await ServerUnderTest(operators: ["alice": key])
        let agent = try RunningCommand(["ssh-agent", "-D", "-a", try server.directory.path("agent")])
        try await eventually("the agent's socket", seen: { agent.errorTranscript.tail }) {
            FileManager.default.fileExists(atPath: server.directory.url.appendingPathComponent("agent").path)
        }
        let line = server.client(key, options: ["-A"]).arguments("one", flags: ["-T"], ["echo \"<$SSH_AUTH_SOCK>\""])
        let run = try await CommandRun(line, environment: ["SSH_AUTH_SOCK": try server.directory.path("agent")])
        #expect(run.outputText == "<>\n" && run.status == .exited(0), "\(run.errorText)\n\(server.log)")
        agent.process.kill(SIGTERM)
    }
}

/// A plain sshd with a host key and configuration of its own, on a port of the loopback that the kernel chose.
private final class PlainServer {
    let port: UInt16
    private let command: RunningCommand

    init(key: SSHKeyPair, in directory: TemporaryDirectory) async throws {
        let hostKey = try directory.path("host_key")
        try await CommandRun.succeed(["ssh-keygen", "-q", "-N", "", "-t", "ed25519", "-f", hostKey])
        let admitted = try directory.write(key.publicLine + "\n", to: "authorized_keys")
        let configuration = try directory.write(
            """
            HostKey \(hostKey)
            AuthorizedKeysFile \(admitted)
            StrictModes no
            UsePAM no
            PasswordAuthentication no
            PermitRootLogin yes
            PidFile none

            """, to: "sshd.conf")
        let command = try RunningCommand(try PythonScript.sshd.line("--config", configuration))
        var port: UInt16?
        try await eventually("the plain sshd's port", seen: { command.errorTranscript.tail }) {
            port = command.outputTranscript.text.firstMatch(of: #/listening on ([0-9]+)\n/#).flatMap { UInt16($0.1) }
            return port != nil
        }
        self.command = command
        self.port = port ?? 0
    }

    deinit { command.finishInput() }

    var log: String { command.errorTranscript.tail }
}
