import Foundation
import TestKit
import Testing

@Suite("The lobby")
struct LobbyTests {
    /// Alice leads everything, Bob works in what begins with b, Olga watches everything.
    private static let roles = """
        access:
          - {operators: [alice], sessions: ["*"], role: lead}
          - {operators: [bob], sessions: ["b*"], role: operator}
          - {operators: [olga], sessions: ["*"], role: observer}
        environments:
          default: {kind: process, shell: ["/bin/bash", "--norc", "--noprofile"], directory: "/tmp"}
        sessions:
          - {match: "*", release-after: 10m}

        """

    @Test("without a terminal it is the list as text, and nothing else is on either stream")
    func listAsText() async throws {
        let key = try await SSHKeyPair()
        let server = try await ServerUnderTest(operators: ["alice": key], configuration: Self.roles)
        let client = server.client(key)
        let empty = try await client.run("cmdop")
        #expect(empty.outputText == "No sessions yet. 'ssh NAME@host' starts one.\n", "\(server.log)")
        #expect(empty.status == .exited(0))
        let terminal = try client.attach("one")
        terminal.type("echo here-$((40 + 2))\r")
        try await terminal.waitFor("here-42")
        _ = try await client.run("two", "true")
        let list = try await client.run("cmdop")
        let lines = list.outputText.split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines.first?.hasPrefix("SESSION ") == true)
        #expect(lines.count == 4 && lines.last == "", "\(list.outputText)")
        #expect(list.outputText.contains(#/one +live +1 +alice +[0-9]+s +lead\n/#), "\(list.outputText)")
        #expect(list.outputText.contains(#/two +live +0 +nobody +[0-9]+s +lead\n/#), "\(list.outputText)")
        #expect(!list.output.contains(0x1B) && !list.output.contains(0x0D))
        #expect(list.errors.isEmpty)
        #expect(list.status == .exited(0))
    }

    @Test("ls, who and whoami say what is true")
    func verbs() async throws {
        let (alice, olga) = (try await SSHKeyPair(), try await SSHKeyPair())
        let server = try await ServerUnderTest(operators: ["alice": alice, "olga": olga], configuration: Self.roles)
        let steering = try server.client(alice).attach("one")
        steering.type("echo here-$((40 + 2))\r")
        try await steering.waitFor("here-42")
        let watching = try server.client(olga).attach("one")
        try await watching.waitFor("here-42")
        let ls = try await server.client(alice).run("cmdop", "ls")
        #expect(ls.outputText.contains(#/one +live +2 +alice/#), "\(ls.outputText)")
        let who = try await server.client(olga).run("cmdop", "who")
        #expect(who.outputText.contains(alice.fingerprint), "\(who.outputText)")
        #expect(who.outputText.contains(#/one +alice +lead +steers +[0-9]+s +ssh 127.0.0.1[:0-9]* +SHA256:/#))
        #expect(who.outputText.contains(#/one +olga +observer +watches +[0-9]+s +ssh 127.0.0.1[:0-9]* +SHA256:/#))
        let whoami = try await server.client(olga).run("cmdop", "whoami")
        #expect(whoami.outputText == "olga, a person, by key \(olga.fingerprint)\n")
        for run in [ls, who, whoami] { #expect(run.status == .exited(0) && run.errors.isEmpty, "\(server.log)") }
    }

    @Test("what may not be seen is not listed, and answers as if it were not there")
    func unseen() async throws {
        let (alice, bob) = (try await SSHKeyPair(), try await SSHKeyPair())
        let server = try await ServerUnderTest(operators: ["alice": alice, "bob": bob], configuration: Self.roles)
        let secret = try server.client(alice).attach("alpha")
        try await secret.waitFor("[cmdop] session alpha")
        _ = try await server.client(bob).run("beta", "true")
        let bobs = server.client(bob)
        for verb in ["ls", "who"] {
            let run = try await bobs.run("cmdop", verb)
            #expect(!run.outputText.contains("alpha") && run.status == .exited(0), "\(run.outputText)")
        }
        let list = try await bobs.run("cmdop")
        #expect(list.outputText.contains(#/beta +live/#) && !list.outputText.contains("alpha"), "\(list.outputText)")
        let hidden = try await bobs.run("cmdop", "end alpha")
        let absent = try await bobs.run("cmdop", "end aleph")
        #expect(hidden.errorText.replacing("alpha", with: "aleph") == absent.errorText)
        #expect(hidden.status == .exited(1) && absent.status == .exited(1), "\(server.log)")
        #expect(server.hostPIDs()["alpha"] != nil)
    }

    @Test("a lead ends a session; everybody attached is told by whom, and the list says how it ended")
    func end() async throws {
        let (alice, olga) = (try await SSHKeyPair(), try await SSHKeyPair())
        let server = try await ServerUnderTest(operators: ["alice": alice, "olga": olga], configuration: Self.roles)
        let steering = try server.client(alice).attach("one")
        steering.type("echo here-$((40 + 2))\r")
        try await steering.waitFor("here-42")
        let watching = try server.client(olga).attach("one")
        try await watching.waitFor("here-42")
        let ended = try await server.client(alice).run("cmdop", "end one")
        #expect(ended.status == .exited(0) && ended.errors.isEmpty)
        #expect(ended.outputText == "'one' is ended.\n", "\(ended.outputText)")
        #expect(try await steering.waitForExit() == .exited(129))
        #expect(try await watching.waitForExit() == .exited(129))
        #expect(watching.transcript.text.contains("the session one ended by alice"), "\(watching.transcript.tail)")
        try await eventually("the end of the host", seen: { server.log }) { server.hostPIDs()["one"] == nil }
        let list = try await server.client(alice).run("cmdop", "ls")
        #expect(list.outputText.contains(#/one +ended \(129\)/#), "\(list.outputText)")
        let again = try await server.client(alice).run("cmdop", "end one")
        #expect(again.status == .exited(1))
        #expect(again.errorText.contains("'one' is not running"), "\(again.errorText)")
    }

    @Test("who is no lead ends nothing, and is told what to do")
    func endRefused() async throws {
        let (bob, olga) = (try await SSHKeyPair(), try await SSHKeyPair())
        let server = try await ServerUnderTest(operators: ["bob": bob, "olga": olga], configuration: Self.roles)
        let terminal = try server.client(bob).attach("beta")
        try await terminal.waitFor("[cmdop] session beta")
        for (key, role) in [(bob, "operator"), (olga, "observer")] {
            let run = try await server.client(key).run("cmdop", "end beta")
            #expect(run.status == .exited(1))
            #expect(run.output.isEmpty)
            let sentence =
                "your role in 'beta' is \(role); session.end needs role lead. Ask a lead to do it, or for the role"
            #expect(run.errorText == "cmdop: \(sentence)\n")
        }
        terminal.type("echo here-$((40 + 2))\r")
        try await terminal.waitFor("here-42")
        #expect(server.hostPIDs()["beta"] != nil, "\(server.log)")
    }

    @Test("help lists every verb; a verb that is none, and wrong words, have the status 2")
    func usage() async throws {
        let key = try await SSHKeyPair()
        let server = try await ServerUnderTest(operators: ["alice": key])
        let help = try await server.client(key).run("cmdop", "help")
        #expect(help.status == .exited(0) && help.errors.isEmpty, "\(server.log)")
        for verb in ["ls", "who", "whoami", "end NAME", "help"] {
            #expect(help.outputText.contains("ssh cmdop@host \(verb) "), "\(help.outputText)")
        }
        let unknown = try await server.client(key).run("cmdop", "dance")
        #expect(unknown.status == .exited(2) && unknown.output.isEmpty)
        #expect(unknown.errorText == "cmdop: there is no verb 'dance'; 'help' lists them\n")
        let wordless = try await server.client(key).run("cmdop", "end")
        #expect(wordless.status == .exited(2) && wordless.output.isEmpty)
        #expect(wordless.errorText.hasPrefix("cmdop: usage: end NAME [OPTION…] [--json]"))
        let forged = try await server.client(key).run("cmdop", "\u{1B}[2Jdance")
        #expect(forged.status == .exited(2) && !forged.errors.contains(0x1B))
    }

    @Test("a session whose host was killed is listed as lost, also when it is the only one")
    func lost() async throws {
        let key = try await SSHKeyPair()
        let server = try await ServerUnderTest(operators: ["alice": key])
        _ = try await server.client(key).run("one", "true")
        let pid = try #require(server.hostPIDs()["one"])
        kill(pid, SIGKILL)
        try await eventually("the host's end") { !ProcessFacts(pid: pid).isRunning }
        let list = try await server.client(key).run("cmdop", "ls")
        #expect(list.outputText.contains(#/one +lost +- +- +- +lead\n/#), "\(list.outputText)\n\(server.log)")
    }

    @Test("a session whose host does not answer does not keep the others from being listed")
    func stuckHost() async throws {
        let key = try await SSHKeyPair()
        let server = try await ServerUnderTest(operators: ["alice": key])
        for name in ["one", "two"] { _ = try await server.client(key).run(name, "true") }
        let pid = try #require(server.hostPIDs()["one"])
        kill(pid, SIGSTOP)
        defer { kill(pid, SIGCONT) }
        let list = try await server.client(key).run("cmdop", "ls")
        #expect(list.outputText.contains(#/two +live/#), "\(list.outputText)\n\(server.log)")
        #expect(list.outputText.contains("one "), "\(list.outputText)")
    }
}
