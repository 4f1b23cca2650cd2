import Foundation
import TestKit

/// A server and the people whose keys it knows, as most tests here need them.
struct Team {
    let server: ServerUnderTest
    let keys: [String: SSHKeyPair]

    /// - Parameters:
    ///   - names: who has a key in `keys/team`.
    ///   - access: the rules as they stand in the configuration; by default everybody is an operator, carol leads.
    ///   - releaseAfter: how long an idle holder keeps the turn; nobody waits for it unless a test wants to.
    ///   - agents: who has a key in `keys/agents`; alice answers for them.
    ///   - rules: more of the rule for all sessions.
    ///   - environments: more lines of that section.
    ///   - user: who runs the server, if not the user of the tests.
    init(
        _ names: [String] = ["alice", "bob"], agents: [String] = [], access: String = Team.operators,
        releaseAfter: String = "60s", rules: String = "", environments: String = "", user: String? = nil
    ) async throws {
        var keys: [String: SSHKeyPair] = [:]
        for name in names + agents { keys[name] = try await SSHKeyPair(comment: name) }
        self.keys = keys
        let rest = """
            environments:
              default: {kind: process, shell: ["/bin/bash", "--norc", "--noprofile"], directory: "/tmp"}
            \(environments)
            sessions:
              - {match: "*", release-after: \(releaseAfter)\(rules)}

            """
        server = try await ServerUnderTest(
            operators: keys.filter { names.contains($0.key) }, configuration: access + rest, user: user)
        for name in agents { if let key = keys[name] { try server.addAgent(name, key, owner: "alice") } }
        guard !agents.isEmpty else { return }
        let server = server
        try await eventually("the agents' keys", seen: { server.log }) { [keys] in
            guard let key = agents.last.flatMap({ keys[$0] }) else { return false }
            return try await server.client(key).run("cmdop", "whoami").status == .exited(0)
        }
    }

    static let operators = """
        access:
          - {operators: ["*"], sessions: ["*"], role: operator}
          - {operators: [carol], sessions: ["*"], role: lead}

        """

    func client(_ name: String) throws -> SSHClient {
        guard let key = keys[name] else { throw TestKitError.missing("a key of \(name)", advice: "name them at start") }
        return server.client(key)
    }

    /// Attaches and waits until the whole first screen is there.
    func attach(
        _ name: String, to user: String = "deploy", columns: UInt16 = 80, rows: UInt16 = 24
    ) async throws -> PseudoTerminal {
        let terminal = try client(name).attach(user, columns: columns, rows: rows)
        try await terminal.untilAttached()
        return terminal
    }

    /// The bytes of every file of a session's directory, its journal among them.
    func filesOfSession(_ session: String = "deploy") throws -> [String: Data] {
        let root = server.directory.url.appendingPathComponent(".state/sessions/\(session)")
        var found: [String: Data] = [:]
        for name in try FileManager.default.subpathsOfDirectory(atPath: root.path) {
            let file = root.appendingPathComponent(name)
            let type = try FileManager.default.attributesOfItem(atPath: file.path)[.type] as? FileAttributeType
            if type == .typeRegular { found[name] = try Data(contentsOf: file) }
        }
        return found
    }

    /// Whether a process runs whose id a shell printed.
    func isRunning(_ pid: String) -> Bool { pid_t(pid).map { ProcessFacts(pid: $0).isRunning } ?? false }
}

extension PseudoTerminal {
    /// What comes after `Ctrl-]`.
    func panel(_ key: Character) { type("\u{1D}\(key)") }

    /// Waits for the greeting, and for the first title, which comes behind the first screen.
    func untilAttached() async throws {
        try await waitFor("\u{1B}]2;", from: try await waitFor("[cmdop] session "))
    }

    /// Waits until the window's title says who steers; returns the offset behind it.
    @discardableResult
    func untilSteering(_ who: String, from offset: Int = 0) async throws -> Int {
        try await waitFor(": \(who) steers", from: offset)
    }

    /// Types a command that prints what the shell makes of the words, and returns that.
    func value(of words: String) async throws -> String {
        let tag = Self.newTag()
        type("printf '[%s]\\n' \"\(tag)=\(words)\"\r")
        let start = try await waitFor("[\(tag)=")
        let end = try await waitFor("]", from: start)
        return String(decoding: transcript.bytes[start..<end - 1], as: UTF8.self)
    }

    /// Has a shell ask for a password; comes back when it is asked and the terminal shows nothing that is typed.
    func askForPassword(shownTo watcher: PseudoTerminal) async throws {
        let terminal = try await value(of: "$(tty)")
        type("read -s -p 'Pass''word: ' word\r")
        try await watcher.waitFor("Password: ")
        try await eventually("a terminal that does not echo") {
            try await CommandRun(["stty", "-F", terminal, "-a"]).outputText.contains(" -echo ")
        }
    }

    /// Everything that this client sent before has reached the session, and its answers have come back: who is here,
    /// which the panel shows, is asked and answered behind them.
    func untilServed() async throws {
        let before = transcript.count
        panel("w")
        try await waitFor("ROLE", from: before)
        type("q")
    }

    /// Waits until the text stands on the screen, whatever of it was there before and so was not printed again; it may
    /// have stood there for a moment between two looks.
    func untilShown(
        _ text: String, at place: GrowingScreen.Place = .anywhere, columns: Int = 80, rows: Int = 24
    ) async throws {
        let screen = try GrowingScreen(columns: columns, rows: rows)
        try await eventually("\(text) on the screen", seen: { transcript.text }) {
            screen.grow(to: transcript.bytes, until: text, at: place)
        }
    }

    /// How often the text was printed.
    func count(of text: String) -> Int { transcript.text.components(separatedBy: text).count - 1 }

    private static func newTag() -> String { String(UInt32.random(in: 0x1000_0000...UInt32.max), radix: 36) }
}
