import Environment
import Foundation
import JSONText
import TestKit
import Testing
import Wire

/// A folder that is not there: what a file may name in it.
private let files: [String: String] = [
    "/srv/api/Dockerfile": "FROM x", "/srv/api/.devcontainer/Dockerfile": "FROM x", "/srv/api": "", "/srv/api/src": "",
    "/srv/api/.devcontainer": "", "/data/models": "", "/etc": "",
    "/srv/api/.devcontainer/tool": "", "/srv/api/.devcontainer/tool/install.sh": "exit",
    "/srv/api/.devcontainer/tool/devcontainer-feature.json": #"{"options": {"level": {"default": "3"}}}"#,
]

private func recipe(_ text: String) throws(DevContainerError) -> ContainerRecipe {
    let surroundings = DevContainerSurroundings(
        folder: "/srv/api", fileFolder: "/srv/api/.devcontainer", identity: "id1",
        localVariables: [EnvironmentVariable(name: "TOKEN", value: "t0")], mounts: ["/data"], processors: 2,
        memory: 4 << 30,
        resolve: { path in
            var parts: [Substring] = []
            for part in path.split(separator: "/") where part != "." {
                if part == ".." { _ = parts.popLast() } else { parts.append(part) }
            }
            let whole = "/" + parts.joined(separator: "/")
            return files[whole] == nil && whole != "/data" ? nil : whole
        }, read: { files[$0].map { Array($0.utf8) } })
    return try DevContainerReader.recipe(of: Array(text.utf8), in: surroundings)
}

/// The error's sentence, with its place.
private func failure(_ text: String) -> String? {
    do throws(DevContainerError) {
        _ = try recipe(text)
        return nil
    } catch {
        return error.description
    }
}

@Suite("A devcontainer.json")
struct DevContainerTests {
    @Test("names an image, or a build in its folder")
    func base() throws {
        let image = try recipe(#"{"image": "debian:12"}"#)
        #expect(image.base == .image("debian:12") && image.workspaceFolder == "/workspaces/api")
        #expect(image.mounts == ["type=bind,source=/srv/api,target=/workspaces/api"])
        let built = try recipe(
            #"{"build": {"dockerfile": "Dockerfile", "context": "..", "args": {"A":"${localEnv:TOKEN}"},"target":"t"}}"#
        )
        #expect(
            built.base
                == .build(
                    .init(
                        context: "/srv/api", dockerfile: "/srv/api/.devcontainer/Dockerfile",
                        arguments: [EnvironmentVariable(name: "A", value: "t0")], target: "t")))
        #expect(try recipe(#"{"dockerFile": "../Dockerfile"}"#).base != image.base)
    }

    @Test("has its variables put in, and what is put in is not looked at again")
    func variables() throws {
        let made = try recipe(
            #"""
            {"image": "x", "workspaceFolder": "/w/${localWorkspaceFolderBasename}",
             "containerEnv": {"A": "${localEnv:TOKEN}${localEnv:NONE:d}${localEnv:NONE}", "B": "${devcontainerId}"},
             "remoteEnv": {"C": "${containerEnv:P}:${containerEnv:Q:q}", "D": null, "E": "${containerWorkspaceFolder}"},
             "postStartCommand": ["echo", "${containerEnv:P}", "${containerWorkspaceFolderBasename}", "${unknown}"]}
            """#)
        #expect(made.workspaceFolder == "/w/api")
        #expect(made.containerVariables.map(\.value) == ["t0d", "id1"])
        let resolved = made.resolved(with: [EnvironmentVariable(name: "P", value: "${containerEnv:P}")])
        #expect(resolved.remoteVariables.map(\.value) == ["${containerEnv:P}:q", nil, "/w/api"])
        #expect(resolved.steps.map(\.command) == [.words(["echo", "${containerEnv:P}", "api", "${unknown}"])])
    }

    @Test("has commands as strings, lists and objects, in the order of a container's life")
    func commands() throws {
        let made = try recipe(
            #"""
            {"image": "x", "postStartCommand": "s", "onCreateCommand": ["a", "b"], "waitFor": "postStartCommand",
             "postCreateCommand": {"one": "1", "two": ["2"]}, "userEnvProbe": "loginShell"}
            """#)
        #expect(made.steps.map(\.moment) == [.onCreate, .postCreate, .postCreate, .postStart])
        #expect(made.steps.map(\.label) == ["", "one", "two", ""])
        #expect(made.steps.map(\.command) == [.words(["a", "b"]), .line("1"), .words(["2"]), .line("s")])
        #expect(made.waitsFor == .postStart && made.commandsNeedLogin)
    }

    @Test("has mounts of its own folder, of those that are allowed, and volumes under a name of the session's own")
    func mounts() throws {
        let made = try recipe(
            #"""
            {"image": "x", "workspaceMount": "source=${localWorkspaceFolder}/src,target=/w,type=bind,consistency=x",
             "mounts": ["source=/data/models,target=/m,type=bind,readonly",
                        {"source": "c", "target": "/c", "type": "volume"},
                        "source=/etc,target=/e,type=bind", "source=/srv/api/../../etc,target=/e,type=bind",
                        "type=tmpfs,target=/t"]}
            """#)
        #expect(
            made.mounts == [
                "type=bind,source=/srv/api/src,target=/w", "type=bind,source=/data/models,target=/m,readonly",
                "type=volume,source=cmdop-id1-c,target=/c", "type=tmpfs,target=/t",
            ])
        #expect(made.warnings.count == 2 && made.warnings[0].contains("/etc is not mounted"))
    }

    @Test("may pass options to podman that stay within the container, and no others")
    func runArguments() throws {
        let made = try recipe(
            #"""
            {"image": "x", "runArgs": ["--hostname", "h", "--memory=1g", "--privileged", "-v", "/:/host", "--pid=host",
             "--network", "host", "--device=/dev/sda", "-e", "A=b", "--init"]}
            """#)
        #expect(made.runArguments == ["--hostname=h", "--memory=1g", "-e=A=b", "--init"])
        #expect(made.warnings.count == 5)
    }

    @Test("may have features in folders beside it, with options as their scripts read them")
    func features() throws {
        let made = try recipe(
            #"{"image": "x", "features": {"./tool": {"user-name": "é", "on": true}, "ghcr.io/x/y:1": {}}}"#)
        #expect(made.features.map(\.folder) == ["/srv/api/.devcontainer/tool"])
        #expect(made.features[0].options.map { "\($0.name)=\($0.value)" } == ["LEVEL=3", "ON=true", "USER_NAME=é"])
        #expect(made.warnings.count == 1)
    }

    @Test(
        "is refused where it is wrong, with line and column",
        arguments: [
            ("{\n  \"image\": \"x\",,\n}", "line 2, column 16: there is a character where none may stand"),
            ("[]", "line 1, column 1: it must be an object, in { }"),
            ("{}", "line 1, column 1: it names neither an image nor a build with a dockerfile"),
            ("{\"image\": 7}", "line 1, column 11: image: it must be a string"),
            ("{\"image\": \"--privileged\"}", "line 1, column 11: image: this is no name of an image"),
            ("{\"build\": {}}", "line 1, column 11: build: build needs a dockerfile"),
            (
                "{\"build\": {\"dockerfile\": \"../../../etc\"}}",
                "line 1, column 26: build.dockerfile: ../../../etc is not there, or not in /srv/api"
            ),
            (
                "{\"dockerComposeFile\": \"c.yml\"}",
                "line 1, column 23: dockerComposeFile: Docker Compose is not supported"
            ),
            (
                "{\"image\": \"x\",\n \"forwardPorts\": [80, 0]}",
                "line 2, column 23: forwardPorts: a port is 1 to 65535"
            ),
            ("{\"image\": \"x\", \"remoteUser\": \"-u\"}", "line 1, column 30: remoteUser"),
            ("{\"image\": \"x\", \"containerEnv\": {\"a=b\": \"\"}}", "line 1, column 40: containerEnv.a=b"),
            ("{\"image\": \"x\", \"waitFor\": \"never\"}", "line 1, column 27: waitFor"),
            (
                "{\"image\": \"x\", \"postStartCommand\": [1]}",
                "line 1, column 37: postStartCommand: it must be a string"
            ),
            (
                "{\"image\": \"x\", \"workspaceFolder\": \"w\"}",
                "line 1, column 35: workspaceFolder: it must be an absolute"
            ),
            ("{\"image\": \"x\", \"mounts\": [\"type=bind,source=/etc\"]}", "line 1, column 27: mounts: its target"),
            (
                "{\"image\": \"x\", \"features\": {\"./none\": {}}}",
                "line 1, column 39: features../none: there is no ./none"
            ),
        ])
    func wrong(_ text: String, _ expected: String) {
        let found = failure(text)
        #expect(found?.hasPrefix("devcontainer.json, \(expected)") == true, "\(found ?? "nothing")")
    }

    @Test("of a hundred thousand brackets, or of a megabyte, is refused and no more")
    func hostile() {
        #expect(failure(String(repeating: "[", count: 100_000)) != nil)
        #expect(failure("{\"image\": \"\(String(repeating: "x", count: 2 << 20))\"}") != nil)
        let nested = String(repeating: "${localEnv:A:", count: 10_000)
        #expect(failure("{\"image\": \"x\", \"containerEnv\": {\"A\": \"\(nested)\"}}") == nil)
    }
}

@Suite("The table of a devcontainer.json's properties")
struct DevContainerPropertiesTests {
    /// One value for each property, beside an image.
    private static let values: [String: String] = [
        "name": "\"n\"", "image": "\"y\"", "workspaceFolder": "\"/w\"", "workspaceMount": "\"\"",
        "mounts": "[\"type=tmpfs,target=/t\"]", "containerEnv": "{\"A\": \"b\"}", "remoteEnv": "{\"A\": \"b\"}",
        "containerUser": "\"u\"", "remoteUser": "\"u\"", "updateRemoteUserUID": "true",
        "userEnvProbe": "\"loginShell\"", "overrideCommand": "false", "shutdownAction": "\"none\"",
        "init": "true, \"overrideCommand\": false", "privileged": "true", "capAdd": "[\"SYS_PTRACE\"]",
        "securityOpt": "[\"seccomp=unconfined\"]", "runArgs": "[\"--init\"]", "forwardPorts": "[80]",
        "portsAttributes": "{\"80\": {}}", "otherPortsAttributes": "{}", "appPort": "80",
        "hostRequirements": "{\"cpus\": 64}", "features": "{\"./tool\": {}}", "overrideFeatureInstallOrder": "[]",
        "initializeCommand": "\"x\"", "onCreateCommand": "\"x\"", "updateContentCommand": "\"x\"",
        "postCreateCommand": "\"x\"", "postStartCommand": "\"x\"", "postAttachCommand": "\"x\"",
        "waitFor": "\"postCreateCommand\"", "customizations": "{\"vscode\": {}}", "secrets": "{}",
        "dockerComposeFile": "\"c.yml\"",
    ]
    private static let builds = [
        "dockerfile": "\"Dockerfile\"", "context": "\"..\"", "args": "{\"A\": \"b\"}", "target": "\"t\"",
        "cacheFrom": "\"x\"", "options": "[]",
    ]

    private func text(of property: String) throws -> (with: String, without: String) {
        if property == "dockerFile" { return ("{\"dockerFile\": \"Dockerfile\"}", "{\"image\": \"x\"}") }
        guard property.hasPrefix("build.") else {
            let value = try #require(Self.values[property], "a value for \(property)")
            let first = property == "image" ? "" : "\"image\": \"x\", "
            return ("{\(first)\"\(property)\": \(value)}", "{\"image\": \"x\"}")
        }
        let name = String(property.dropFirst("build.".count))
        let value = try #require(Self.builds[name], "a value for \(property)")
        let file = name == "dockerfile" ? "" : "\"dockerfile\": \"../Dockerfile\", "
        return ("{\"build\": {\(file)\"\(name)\": \(value)}}", "{\"build\": {\"dockerfile\": \"../Dockerfile\"}}")
    }

    @Test("says of each what happens")
    func table() throws {
        let page = try String(contentsOfFile: "Sources/Environment/DevContainer/Properties.md", encoding: .utf8)
        let rows = page.split(separator: "\n").filter { $0.hasPrefix("| `") }.map { row in
            row.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces.union(["`"])) }
        }
        #expect(rows.count > 40)
        for row in rows {
            let text = try text(of: row[0])
            switch row[1] {
            case "refused": #expect(failure(text.with) != nil, "\(row[0])")
            case "warned": #expect(try recipe(text.with).warnings.count == 1, "\(row[0])")
            case "silent": #expect(try recipe(text.with) == recipe(text.without), "\(row[0])")
            case "supported": #expect(try recipe(text.with) != recipe(text.without), "\(row[0])")
            default: Issue.record("\(row[0]) is \(row[1])")
            }
        }
    }
}
