import Environment
import Glibc
import SessionModel
import SystemPackage
import TestKit
import Testing
import Wire

@testable import Gateway

@Suite("The configuration")
struct ConfigurationTests {
    private func read(_ text: String) -> (configuration: Configuration, problems: [String]) {
        let (configuration, problems) = ConfigurationReader.read(
            Array(text.utf8), file: "cmdop.yaml", base: "/etc/cmdop/config")
        return (configuration, problems.map(\.description))
    }

    /// Where the problems are, as `LINE:COLUMN`.
    private func places(_ text: String) -> [String] {
        read(text).problems.map { $0.split(separator: ":")[1...2].joined(separator: ":") }
    }

    @Test("an empty file is all defaults", arguments: ["", "\n", "# nothing\n", "---\n", "{}"])
    func empty(_ text: String) {
        let (configuration, problems) = read(text == "---\n" ? "--- {}" : text)
        #expect(problems.isEmpty)
        #expect(configuration.listen.map(\.description) == ["127.0.0.1:2222", "[::1]:2222"])
        #expect(configuration.keys == "/etc/cmdop/keys")
        #expect(configuration.state == "/var/lib/cmdop")
        #expect(configuration.access.rules.isEmpty)
        #expect(configuration.environments["default"]?.shell == ["/bin/bash", "-l"])
    }

    @Test("every key of the reference is read")
    func full() throws {
        let (configuration, problems) = read(
            """
            listen: ["0.0.0.0:22", "[::]:0"]
            keys: ../team-keys
            state: /srv/cmdop
            local: {root: alice, deploy: bob}
            local-socket: ../run/socket
            access:
              - {operators: [alice, bob], sessions: ["*"], role: operator}
              - operators: ["*"]
                sessions: ["demo", "api-?"]
                role: observer
            sessions:
              - {match: "build-*", environment: zsh, turns: open, release-after: 500ms, scrollback: 0, forwards: any}
              - {match: "ci-*", idle: {end-after: 12h, warn: 1m, attached: end}, keep: 30d}
              - {match: "*", release-after: 2h}
            environments:
              zsh: {kind: process, shell: ["/bin/zsh"], directory: "~/src"}
              here: {directory: work}
            """)
        #expect(problems.isEmpty)
        #expect(configuration.listen.map(\.description) == ["0.0.0.0:22", "[::]:0"])
        #expect(configuration.keys == "/etc/cmdop/team-keys" && configuration.state == "/srv/cmdop")
        #expect(configuration.local.operators == ["root": "alice", "deploy": "bob"])
        #expect(configuration.localSocket == "/etc/cmdop/run/socket")
        #expect(configuration.access.rules.map(\.role) == [.operator, .observer])
        #expect(configuration.environments.keys.sorted() == ["default", "here", "zsh"])
        #expect(configuration.environments["zsh"]?.directory == "~/src")
        #expect(configuration.environments["here"]?.directory == "/etc/cmdop/config/work")
        let build = configuration.rules(for: try #require(SessionName("build-1")))
        #expect(build.environment == "zsh" && build.releaseAfter == .milliseconds(500) && build.scrollback == 0)
        let other = configuration.rules(for: try #require(SessionName("api")))
        #expect(other.environment == "default" && other.turnRules.releaseAfter == .seconds(7_200))
        #expect(build.forwards == .any && other.forwards == .loopback)
        #expect(other.scrollback == 10_000 && other.idle == nil && other.keep == nil)
        let runs = configuration.rules(for: try #require(SessionName("ci-1")))
        #expect(runs.idle == IdleTerms(endAfter: .seconds(43_200), warn: .seconds(60), endsAttached: true))
        #expect(runs.keep == .seconds(30 * 86_400) && configuration.shortestKeep == runs.keep)
    }

    @Test("the idle rule may name programs that are no work, without their paths")
    func ignored() {
        func read(_ names: String) -> (idle: IdleTerms?, problems: [String]) {
            let found = self.read("sessions: [{idle: {end-after: 1h, ignore: \(names)}}]")
            return (SessionName("x").flatMap { found.configuration.rules(for: $0).idle }, found.problems)
        }
        #expect(read("[ssh-agent, gpg-agent]").idle?.ignored == ["ssh-agent", "gpg-agent"])
        for names in ["[/usr/bin/x]", "[\"\"]", "[\"a b\"]", "x", "[[x]]"] { #expect(read(names).problems.count == 1) }
    }

    @Test("an environment in a container has a source, limits, and folders that it may mount")
    func containers() throws {
        let text = """
            environments:
              dev: {kind: container, devcontainer: ../api, memory: 2G, cpus: 1.5, pids: 100, mounts: [/data]}
              img: {kind: container, image: "debian:12", local-variables: [LANG],
                    secrets: /run/secrets, secret-files: /run/more, allow-onbuild: true}
            """
        let configuration = read(text).configuration
        let dev = try #require(configuration.environments["dev"])
        #expect(dev.kind == .container && dev.source == .devcontainer("/etc/cmdop/api"))
        #expect(dev.limits == .init(memory: 2 << 30, processors: 1_500, processes: 100) && dev.mounts == ["/data"])
        let img = try #require(configuration.environments["img"])
        #expect(img.allowsOnBuild && !dev.allowsOnBuild)
        #expect(img.source == .image("debian:12") && img.localVariables == ["LANG"] && img.secrets == "/run/secrets")
        #expect(img.secretFiles == "/run/more")
    }

    @Test(
        "a container that makes no sense is refused, and so are its keys where there is none",
        arguments: [
            ("{kind: container}", "2:6"), ("{kind: container, image: x, devcontainer: y}", "2:48"),
            ("{kind: container, image: \"--rm\"}", "2:31"), ("{kind: container, image: x, memory: 2}", "2:42"),
            ("{kind: container, image: x, cpus: many}", "2:40"), ("{kind: container, image: x, pids: 1}", "2:40"),
            ("{kind: container, image: x, directory: /}", "2:34"), ("{kind: process, image: x}", "2:22"),
            ("{memory: 2}", "2:15"),
            ("{kind: container, image: x, memory: 99999999999999999999G}", "2:42"),
        ])
    func noContainers(_ environment: String, _ place: String) {
        #expect(places("environments:\n  e: \(environment)") == [place])
    }

    @Test("an environment of processes has a user, variables, a mask and how many files may be open")
    func processes() throws {
        let text = """
            environments:
              low: {user: root, variables: {A: "b c", _X1: ""}, umask: 027, files: 512, memory: 64M}
            """
        let low = try #require(read(text).configuration.environments["low"])
        #expect(low.user == "root" && low.mask == 0o027 && low.openFiles == 512 && low.limits.memory == 64 << 20)
        let variables = low.variables.sorted { $0.name < $1.name }
        #expect(variables == [.init(name: "A", value: "b c"), .init(name: "_X1", value: "")])
    }

    @Test(
        "an environment of processes that makes no sense is refused",
        arguments: [
            ("{user: no-such-user-here}", "2:13"), ("{umask: 8}", "2:14"), ("{umask: 1777}", "2:14"),
            ("{files: 3}", "2:14"), ("{variables: {1A: x}}", "2:19"), ("{variables: {TERM: dumb}}", "2:19"),
            ("{variables: [A]}", "2:18"), ("{kind: container, image: x, user: root}", "2:34"),
        ])
    func noProcesses(_ environment: String, _ place: String) {
        #expect(places("environments:\n  e: \(environment)") == [place])
    }

    @Test("all errors are found at once, each with its line and column")
    func allErrors() {
        let text = """
            listen: [nonsense, "127.0.0.1:2222", "127.0.0.1:2222"]
            colour: red
            access:
              - {operators: [alice], sessions: ["*"], role: king}
              - {operators: alice, sessions: ["*"], role: lead, extra: 1}
              - {role: lead}
            environments:
              default: {kind: container}
            sessions:
              - {environment: nowhere, turns: few, release-after: 5, scrollback: many}
            """
        #expect(
            places(text) == [
                "1:10", "1:38", "2:1", "4:49", "5:17", "5:53", "6:5", "6:5", "8:12", "10:19", "10:35", "10:55", "10:70",
            ])
    }

    @Test(
        "a value of the wrong kind is an error where it stands",
        arguments: [
            ("listen: 2222", "1:9"), ("listen: []", "1:9"), ("listen: [[x]]", "1:10"), ("keys: [a]", "1:7"),
            ("keys:", "1:6"), ("keys: \"\"", "1:7"), ("access: {}", "1:9"), ("access:\n  - alice", "2:5"),
            ("[]", "1:1"),
            ("text", "1:1"), ("environments: []", "1:15"), ("environments: {A: {}}", "1:16"),
            ("environments: {a: 1}", "1:19"), ("environments: {a: {shell: bash}}", "1:27"),
            ("environments: {a: {shell: [bash]}}", "1:28"), ("environments: {a: {shell: []}}", "1:27"),
            ("environments: {a: {directory: ~}}", "1:31"), ("environments: {a: {directory: \"~bob\"}}", "1:31"),
            ("sessions: [{match: \"A\"}]", "1:20"), ("sessions: [{scrollback: 1000001}]", "1:25"),
            ("sessions: [{forwards: all}]", "1:23"),
            ("sessions: [{scrollback: \"10\"}]", "1:25"), ("sessions: [{release-after: 0s}]", "1:28"),
            ("sessions: [{release-after: 999999999999999999999s}]", "1:28"),
            ("sessions: [{release-after: -1s}]", "1:28"),
            ("sessions: [{release-after: 1.5s}]", "1:28"), ("sessions: [{turns: maybe}]", "1:20"),
            ("access: [{operators: [], sessions: [a], role: lead}]", "1:22"), ("? [a]\n: b", "1:3"),
            ("local: {root: ALICE}", "1:15"), ("local: {root: cmdop}", "1:15"), ("local: [root]", "1:8"),
            ("local: {root: [alice]}", "1:15"), ("local: {\"\": alice}", "1:9"), ("local-socket: \"\"", "1:15"),
            ("listen: [\"localhost:22\"]", "1:10"), ("listen: [\"127.0.0.1\"]", "1:10"),
            ("listen: [\"127.0.0.1:70000\"]", "1:10"), ("listen: [\"::1:22\"]", "1:10"),
            ("listen: [\"[::1]\"]", "1:10"), ("keys: \"a\\0b\"", "1:7"),
        ])
    func wrongKinds(_ text: String, _ place: String) { #expect(places(text) == [place]) }

    @Test("what is not YAML is an error with line and column")
    func notYAML() {
        #expect(places("listen: [\n").count == 1)
        #expect(places("a: b: c").count == 1)
        #expect(places("\tkeys: x").count == 1)
        #expect(places("keys: a\nkeys: b").count == 1)
        #expect(places("keys: a\n---\nkeys: b").count == 1)
        #expect(places("keys: \u{1}") == ["1:7"])
        #expect(places("keys: a\nstate: \"\u{FFFE}\"").count == 1)
        #expect(places("keys: \"\\ud800\"").count == 1)
        let (_, problems) = ConfigurationReader.read([0x61, 0x3A, 0x20, 0xFF], file: "f", base: "/")
        #expect(problems.map(\.description) == ["f:1:1: the file is not UTF-8"])
    }

    @Test("anchors and aliases are refused before anything is built of them")
    func aliasBomb() {
        var text = "a0: &a0 [x, x, x, x, x, x, x, x]\n"
        for level in 1...9 {
            text +=
                "a\(level): &a\(level) [" + [String](repeating: "*a\(level - 1)", count: 8).joined(separator: ", ")
                + "]\n"
        }
        #expect(places(text) == ["1:5"])
        #expect(places("a: &x 1\n? *x\n: 2") == ["1:4"])
        #expect(places("{\"a\":&x 1}") == ["1:6"])
        #expect(
            read("# alice & bob, R&D\nenvironments: {a: {shell: [\"/bin/sh\", \"-c\", \"x 2>&1 && y\"]}}").problems
                .isEmpty)
    }

    @Test(
        "nesting without end is refused, whatever it is made of",
        arguments: ["[", "{", "- ", "? ", "[a: ", "{a: ", "[{", "? - ", "[? ", "{? [", "[["])
    func nesting(_ piece: String) {
        let count = YAMLGuard.largest / piece.utf8.count
        #expect(!read(String(repeating: piece, count: count)).problems.isEmpty)
        #expect(!read(String(repeating: piece, count: 900)).problems.isEmpty)
        let steps = (0..<600).map { String(repeating: " ", count: $0) + "a:\n" }.joined()
        #expect(!read(steps).problems.isEmpty)
    }

    @Test("a file that is too large is refused")
    func tooLarge() {
        #expect(places(String(repeating: "#", count: YAMLGuard.largest + 1)) == ["1:1"])
    }

    @Test("a file that is no file says so")
    func noFile() throws {
        let directory = try TemporaryDirectory()
        #expect(ConfigurationReader.read(path: "/nonexistent/cmdop.yaml").problems.count == 1)
        #expect(ConfigurationReader.read(path: FilePath(directory.path)).problems.count == 1)
    }

    @Test("each look has the file as it is now, and says whether it changed")
    func changes() throws {
        let directory = try TemporaryDirectory()
        var file = ConfigurationFile(path: FilePath(try directory.write("state: a", to: "config/cmdop.yaml")))
        #expect(file.look() == (.whole(Array("state: a".utf8)), true))
        #expect(file.look() == (.whole(Array("state: a".utf8)), false))
        try directory.write("state: b", to: "config/cmdop.yaml")
        #expect(file.look() == (.whole(Array("state: b".utf8)), true))
        #expect(unlink(try directory.path("config/cmdop.yaml")) == 0)
        guard case .unreadable(let refusal) = file.look().look else {
            Issue.record("there is no file")
            return
        }
        #expect(refusal.finding == .absent)
    }

    @Test("many names and keys are read in good time")
    func large() {
        let names = (0..<9_000).map { "a\($0): {}" }.joined(separator: ", ")
        let rules = (0..<2_000).map { "{environment: a\($0)}" }.joined(separator: ", ")
        let (configuration, problems) = read("environments: {\(names)}\nsessions: [\(rules)]")
        #expect(problems.isEmpty && configuration.sessions.count == 2_000)
        let keys = (0..<1_500).map {
            "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[x\($0)]:x]:x]:x]:x]:x]:x]:x]:x]:x]:x]:x]:x]:x]"
        }
        #expect(!read("{" + keys.joined(separator: ":x,") + ":x}").problems.isEmpty)
    }

    @Test("durations are whole numbers with a unit")
    func durations() {
        #expect(ConfigurationReader.duration("500ms") == .milliseconds(500))
        #expect(ConfigurationReader.duration("1m") == .seconds(60))
        for text in ["", "5", "s", "5 s", "5S", "5w", "+5s", "0x5s", "5sec", "９s"] {
            #expect(ConfigurationReader.duration(text) == nil)
        }
    }

    @Test("mutated files never trap, always end, and say where they are wrong")
    func fuzz() {
        let seed = """
            listen: ["127.0.0.1:2222"] # here
            access:
              - {operators: [alice, "b*"], sessions: ["*"], role: operator}
            environments: {default: {kind: process, shell: ["/bin/sh", '-l'], directory: "~"}}
            sessions:
              - {match: "*", turns: open, release-after: 5s, scrollback: 10}
            """
        var numbers = SteadyNumbers(seed: 4)
        var accepted = 0
        for _ in 0..<3_000 {
            let bytes = numbers.mutated(Array(seed.utf8), with: Array("[]{},:?-&*!|>'\"%@`# \n\t~0".utf8))
            let (_, problems) = ConfigurationReader.read(bytes, file: "f", base: "/")
            for problem in problems { #expect((problem.line ?? 0) > 0 && (problem.column ?? 0) > 0) }
            accepted += problems.isEmpty ? 1 : 0
        }
        #expect(accepted > 50)
    }
}

@Suite("The panel's key in the configuration")
struct PanelKeyConfigurationTests {
    private func read(_ text: String) -> (key: PanelKey, problems: [String]) {
        let (configuration, problems) = ConfigurationReader.read(
            Array(text.utf8), file: "cmdop.yaml", base: "/etc/cmdop/config")
        return (configuration.panelKey, problems.map(\.description))
    }

    @Test(
        "every key that no other key sends may be named",
        arguments: [
            ("ctrl-]", 0x1D, "Ctrl-]"), ("ctrl-a", 0x01, "Ctrl-A"), ("ctrl-z", 0x1A, "Ctrl-Z"),
            ("ctrl-\\", 0x1C, "Ctrl-\\"), ("ctrl-^", 0x1E, "Ctrl-^"), ("ctrl-_", 0x1F, "Ctrl-_"),
            ("\"ctrl-q\"", 0x11, "Ctrl-Q"),
        ])
    func named(_ name: String, _ byte: UInt8, _ text: String) {
        let (key, problems) = read("listen: [\"127.0.0.1:1\"]\npanel-key: \(name)\n")
        #expect(problems.isEmpty)
        #expect(key.byte == byte && key.description == text)
    }

    @Test("nothing said, it is Ctrl-]")
    func unnamed() { #expect(read("").key == .standard && PanelKey.standard.byte == 0x1D) }

    @Test(
        "all else is an error with its place",
        arguments: [
            "ctrl-[", "ctrl-m", "ctrl-j", "ctrl-i", "ctrl-h", "ctrl-A", "ctrl-1", "ctrl-", "ctrl-ab", "alt-a", "\"]\"",
            "\"\"", "ctrl-é", "5", "null", "[ctrl-a]",
        ])
    func refused(_ name: String) {
        let (key, problems) = read("keys: ../keys\npanel-key: \(name)\n")
        #expect(key == .standard)
        #expect(problems.count == 1 && problems.allSatisfy { $0.hasPrefix("cmdop.yaml:2:12: panel-key ") })
    }
}
