import Environment
import Foundation
import JSONText
import SessionModel
import TestKit
import Testing

@Suite("What can go wrong with containers", .enabled(if: TestImage.isThere, TestImage.reason))
struct ContainerTroubleTests {
    private let place: TemporaryDirectory

    init() throws { place = try TemporaryDirectory() }

    private func team(_ environment: String) async throws -> (Team, TestContainers) {
        let team = try await Team(
            ["alice", "bob", "carol"], rules: ", environment: box", environments: "  box: \(environment)")
        return (team, TestContainers(of: team.server))
    }

    private static let image = "{kind: container, image: \"\(TestImage.name)\"}"

    @Test("a build is interrupted with Ctrl-C, which leaves no container and no process, and can be tried again")
    func interrupted() async throws {
        let (team, containers) = try await team("{kind: container, devcontainer: \(place.path)}")
        try place.write("{\"build\": {\"dockerfile\": \"Dockerfile\"}}", to: ".devcontainer/devcontainer.json")
        let seconds = Int.random(in: 10_000...99_999)
        try place.write(
            "FROM \(TestImage.name)\nRUN echo now build''ing; sleep \(seconds)\n", to: ".devcontainer/Dockerfile")
        let alice = try await team.attach("alice")
        try await alice.waitFor("now building")
        alice.type("\u{3}")
        #expect(try await alice.waitForExit() != .exited(0))
        #expect(try await containers.all().isEmpty)
        try await eventually("the end of the build") {
            try await !CommandRun(["ps", "-A", "-o", "args="]).outputText.contains("sleep \(seconds)")
        }
        try place.write("FROM \(TestImage.name)\nRUN echo mended >/etc/built\n", to: ".devcontainer/Dockerfile")
        #expect(try await team.client("bob").run("deploy", "cat /etc/built").outputText == "mended\n")
    }

    @Test("sessions that are made at once are each in a container and a folder of their own")
    func atOnce() async throws {
        let (team, containers) = try await team(Self.image)
        let client = try team.client("alice")
        let names = ["one", "two", "three"]
        let answers = try await withThrowingTaskGroup(of: String.self) { group in
            for name in names {
                group.addTask { try await client.run(name, "hostname >name; cat /workspace/*").outputText }
            }
            return try await group.reduce(into: Set()) { $0.insert($1) }
        }
        #expect(answers == Set(names.map { "\($0)\n" }))
        #expect(try await containers.all().count == 3)
    }

    @Test("without Podman there is a sentence that says what to install")
    func noPodman() async throws {
        let session = try #require(SessionName("deploy"))
        let order = ContainerOrder(
            session: session, stateDirectory: place.path, source: .image(TestImage.name), shell: ["/bin/bash"],
            secret: "", variables: [])
        let file = try place.path("order")
        try Data(order.encoded).write(to: URL(fileURLWithPath: file))
        let program = try BuiltProgram.prepare.path()
        // What was said before is kept, but not for ever.
        try place.write(String(repeating: "old\n", count: 300_000), to: "environment.log")
        let run = try await CommandRun(["sh", "-c", "PATH=/nowhere; export PATH; exec \(program) 3<\(file)"])
        #expect(run.status == .exited(1))
        #expect(run.errorText.contains("containers need Podman, which is not installed here"), "\(run.errorText)")
        #expect(run.errorText.contains("apt-get install podman"))
        #expect(place.read("environment.log") == run.errorText)
        // What never was made need not be looked for: without Podman it can be removed all the same.
        let tools = try TemporaryDirectory()
        try FileManager.default.createSymbolicLink(atPath: "\(tools.path)/rm", withDestinationPath: "/bin/rm")
        let removal = try await CommandRun(["env", "PATH=\(tools.path)", program, "remove", place.path])
        #expect(removal.status == .exited(0) && removal.outputText.isEmpty, "\(removal.outputText)")
    }

    @Test("an environment that fails at once: everybody learns why, whatever they came for and however late")
    func failsAtOnce() async throws {
        let folder = "\"\(place.path)/gone\\e[5m\""
        let (team, containers) = try await team("{kind: container, devcontainer: \(folder)}")
        let why = "\(place.path)/gone"
        let sessions = (1...5).map { "at-once-\($0)" }
        let terminals = try sessions.map { try team.client("alice").attach($0, columns: 200, rows: 24) }
        for (session, terminal) in zip(sessions, terminals) {
            #expect(try await terminal.waitForExit() == .exited(1))
            #expect(terminal.transcript.text.contains(why), "\(terminal.transcript.text)")
            #expect(team.server.directory.read(".state/sessions/\(session)/incarnation") == "1\n")
        }
        for verb in ["new", "restart"] {
            let told = try await team.client("carol").run("cmdop", verb, "late")
            #expect(told.status != .exited(0) && told.outputText.isEmpty, "\(verb): \(told.outputText)")
            #expect(told.errorText.contains("could not be made: \(why) [5m is not there"), "\(told.errorText)")
        }
        let late = try await team.client("bob").run("late", "true")
        #expect(late.errorText.contains("\(why) [5m is not there") && !late.errorText.contains("\u{1B}"))
        #expect(
            late.status == .exited(254) && late.errorText.contains("could not be made: \(why)"), "\(late.errorText)")
        let files = try await CommandRun(["sftp"] + team.configuration(of: "bob", in: place) + ["deploy@127.0.0.1"])
        #expect(files.errorText.contains(why), "\(files.errorText)")
        let told = try await team.client("bob").run("cmdop", "environment", "late")
        #expect(told.outputText.hasPrefix("cmdop: \(why)"), "\(told.outputText)")
        #expect(try await containers.all().isEmpty)
    }

    @Test("a mistake in a devcontainer.json is told at once by who starts the session, and nobody is told it starts")
    func mistake() async throws {
        let (team, containers) = try await team("{kind: container, devcontainer: \(place.path)}")
        try place.write("{\n  \"image\": 5\n}", to: ".devcontainer.json")
        let carol = try team.client("carol")
        let made = try await carol.run("cmdop", "new", "deploy")
        #expect(made.status != .exited(0) && made.outputText.isEmpty, "\(made.outputText)")
        #expect(made.errorText.contains("line 2, column 12: image: it must be a string"), "\(made.errorText)")
        try await eventually("the end") {
            let text = try await carol.run("cmdop", "get", "deploy", "--json").output
            let state = try? JSONValue(parsing: text)["state"]?.string
            #expect(state != "starting" && state != "live")
            return state == "ended"
        }
        #expect(try await carol.run("cmdop", "ls").outputText.contains(#/deploy +ended \(1\)/#))
        // Mended, it is there when that is said.
        try place.write("{\"image\": \"\(TestImage.name)\"}", to: ".devcontainer.json")
        let mended = try await carol.run("cmdop", "new", "deploy")
        #expect(mended.outputText.hasPrefix("'deploy' is started"), "\(mended.errorText)")
        #expect(try await carol.run("cmdop", "get", "deploy", "--json").outputText.contains("\"live\""))
        withExtendedLifetime(containers) {}
    }

    @Test("a full disk is named, no half-made container is left, and with room again the session starts")
    func fullDisk() async throws {
        let (team, containers) = try await team(Self.image)
        #expect(try await team.server.stop() == .exited(0))
        let state = try team.server.directory.path(".state/.")
        let mounted = try await CommandRun(["mount", "-t", "tmpfs", "-o", "size=256k,mode=700", "none", state])
        guard mounted.status == .exited(0) else {
            try Test.cancel("a small disk can not be mounted here: \(mounted.errorText)")
        }
        defer { umount2(state, Int32(MNT_DETACH)) }
        try await team.server.restart()
        let ballast = try team.server.directory.path(".state/ballast")
        _ = try await CommandRun(["sh", "-c", "cat /dev/zero >\(ballast)"])
        let failed = try await team.client("alice").run("deploy", "true")
        #expect(failed.status == .exited(254), "\(failed.errorText)")
        #expect(failed.errorText.contains("No space left on device"), "\(failed.errorText)")
        #expect(try await containers.all().isEmpty)
        try FileManager.default.removeItem(atPath: ballast)
        #expect(try await team.client("alice").run("deploy", "echo here").outputText == "here\n")
        #expect(try await team.client("carol").run("cmdop", "end", "deploy").status == .exited(0))
    }

    @Test("a folder's name is a name and nothing else, whatever characters it has")
    func hostileNames() async throws {
        let folder = "it's \"one\" :ro $(touch ran) `x` -v é;&, a,target=etc"
        let project = try TemporaryDirectory()
        try project.write("{\"image\": \"\(TestImage.name)\"}", to: "\(folder)/.devcontainer/devcontainer.json")
        try project.write("kept\n", to: "\(folder)/file")
        let path = "\(project.path)/\(folder)".replacingOccurrences(of: "'", with: "''")
        let (team, containers) = try await team("{kind: container, devcontainer: '\(path)'}")
        let run = try await team.client("alice").run("deploy", "cat file; pwd; ls -A")
        #expect(run.outputText == "kept\n/workspaces/\(folder)\n.devcontainer\nfile\n", "\(run.errorText)")
        withExtendedLifetime(containers) {}
    }
}
