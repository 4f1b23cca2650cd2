import Foundation
import TestKit
import Testing

/// Whoever made the image that a project builds on may not thereby have more of the machine than its container.
@Suite("What a project's container is built on", .enabled(if: TestImage.isThere, TestImage.reason))
final class ContainerBaseTests {
    private let project: TemporaryDirectory
    /// What nobody may reach by a build.
    private let outside: TemporaryDirectory
    /// Made by hand, as a stranger makes one; with what it does for whoever builds on it.
    private let base = "localhost/cmdop-base-\(UInt32.random(in: 0 ... .max)):1"
    private var images: [String] = []

    init() throws {
        project = try TemporaryDirectory()
        outside = try TemporaryDirectory()
        try outside.write("outside\n", to: "file")
    }

    deinit { for image in images { TestImage.shell("podman rmi -f \(image)") } }

    private func make(_ trigger: String) throws {
        try TestImage.make("\(base)root", from: "FROM \(TestImage.name)\nRUN ln -s / /all\n")
        images = ["\(base)root", base]
        try TestImage.make(base, from: "FROM \(base)root\nONBUILD \(trigger)\n")
    }

    /// An attack: by a link of the image it mounts this machine's root.
    private var attack: String {
        "RUN --mount=type=bind,from=\(base)root,source=/all,target=/p,rw touch /p\(outside.path)/broken; "
            + "cat /p\(outside.path)/file >/stolen"
    }

    private func requireOldPodman() async throws {
        let version = try await CommandRun(["podman", "version", "--format", "{{.Client.Version}}"]).outputText
        let parts = version.split(separator: ".").compactMap { Int($0) }
        try #require(parts.count >= 2)
        guard (parts[0], parts[1]) < (5, 4) else { try Test.cancel("Podman \(version) keeps them in bounds") }
    }

    private func team(_ more: String = "") async throws -> (Team, TestContainers) {
        let team = try await Team(
            ["alice", "carol"], rules: ", environment: box",
            environments: "  box: {kind: container, devcontainer: \(project.path)\(more)}")
        return (team, TestContainers(of: team.server))
    }

    private func describe(_ properties: String, dockerfile: String? = nil) throws {
        if let dockerfile { try project.write(dockerfile, to: "Dockerfile") }
        let build =
            dockerfile == nil ? "" : "\"build\": {\"dockerfile\": \"Dockerfile\", \"args\": {\"B\": \"\(base)\"}}"
        try project.write("{\(build)\(properties)}", to: ".devcontainer.json")
    }

    private func expectRefusal(_ more: String = "", saying texts: [String]) async throws {
        let (team, containers) = try await team(more)
        defer { withExtendedLifetime(containers) {} }
        let run = try await team.client("alice").run("deploy", "cat /stolen")
        #expect(run.status != .exited(0) && !run.outputText.contains("outside"), "\(run.outputText)")
        for text in texts + [base] { #expect(run.errorText.contains(text), "\(run.errorText)") }
        #expect(outside.read("broken") == nil)
        #expect(try await containers.all().isEmpty)
    }

    @Test(
        "an image that would mount this machine's root into what is built on it is refused, wherever it is named",
        arguments: [
            ("FROM $BASE", false), ("ARG B=x\nFROM ${B} AS a\nFROM a", true),
            ("FROM \(TestImage.name)\nfrom \\\n# x\n  $BASE as b", false),
            ("FROM \(TestImage.name)\nCOPY --from=$BASE /etc/passwd /p", true),
        ])
    func dockerfiles(_ dockerfile: String, isAllowed: Bool) async throws {
        try await requireOldPodman()
        try make(attack)
        try describe("", dockerfile: dockerfile.replacing("$BASE", with: base) + "\n")
        try await expectRefusal(
            isAllowed ? ", allow-onbuild: true" : "", saying: ["ONBUILD RUN --mount=", "from version 5.4"])
    }

    @Test("so is one under a project's feature, and one whose user is to get the number of the project's owner")
    func layers() async throws {
        try await requireOldPodman()
        try make(attack)
        try project.write("exit 0\n", to: "tool/install.sh")
        try describe("\"image\": \"\(base)\", \"features\": {\"./tool\": {}}")
        try await expectRefusal(saying: ["ONBUILD RUN --mount="])
        guard chown(project.path, 4_321, 4_321) == 0 else { return }
        try describe("\"image\": \"\(base)\", \"remoteUser\": \"dev\"")
        try await expectRefusal(saying: ["ONBUILD RUN --mount="])
    }

    @Test("one with other instructions is refused, too, and built on where the environment allows it")
    func allowed() async throws {
        try await requireOldPodman()
        try make("RUN echo ran >/stolen")
        try describe("", dockerfile: "FROM \(base)\n")
        try await expectRefusal(saying: ["ONBUILD RUN echo ran", "allow-onbuild: true"])
        let (team, containers) = try await team(", allow-onbuild: true")
        let run = try await team.client("alice").run("deploy", "cat /stolen")
        #expect(run.outputText == "ran\n", "\(run.errorText)")
        withExtendedLifetime(containers) {}
    }

    @Test("one that nothing is built on runs as any other does")
    func run() async throws {
        try make(attack)
        try describe("\"image\": \"\(base)\"")
        let (team, containers) = try await team()
        let run = try await team.client("alice").run("deploy", "echo here; cat /stolen")
        #expect(run.outputText == "here\n", "\(run.errorText)")
        #expect(outside.read("broken") == nil)
        withExtendedLifetime(containers) {}
    }

    @Test(
        "a step of the project's own that mounts this machine's root is not built, however it is written",
        arguments: [
            "RUN --mo\\unt=$WHAT", "ARG M=mount\nRUN --$M=$WHAT", "RUN --\"mount\"=$WHAT", "ONBUILD RUN --mount=$WHAT",
        ])
    func own(_ step: String) async throws {
        try await requireOldPodman()
        try make("ENV A=b")
        let what = attack.replacing("RUN --mount=", with: "")
        let text = "FROM \(base)root\n\(step.replacing("$WHAT", with: what))\n"
        try describe("", dockerfile: step.hasPrefix("ONBUILD") ? "\(text)FROM \(TestImage.name)\n" : text)
        let (team, containers) = try await team(", allow-onbuild: true")
        let run = try await team.client("alice").run("deploy", "cat /stolen")
        #expect(
            run.status != .exited(0) && run.errorText.contains("by which it could mount any folder"), "\(run.errorText)"
        )
        #expect(outside.read("broken") == nil)
        withExtendedLifetime(containers) {}
    }
}
