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
    "/srv/api/.devcontainer/more": "", "/srv/api/.devcontainer/more/install.sh": "exit",
    "/srv/api/.devcontainer/more/devcontainer-feature.json": #"""
    {"containerEnv": {"PATH": "/more/bin:${PATH}"}, "postCreateCommand": {"one": "1", "two": ["2", "x"]},
     "onCreateCommand": "f", "mounts": ["source=x,target=/x"], "privileged": false, "capAdd": [],
     "dependsOn": {"./tool": {}}, "installsAfter": ["./tool"], "entrypoint": "/start"}
    """#,
]

private func recipe(
    _ text: String, limits: ResourceLimits = ResourceLimits()
) throws(DevContainerError) -> ContainerRecipe {
    let surroundings = DevContainerSurroundings(
        folder: "/srv/api", fileFolder: "/srv/api/.devcontainer", identity: "id1",
        localVariables: [EnvironmentVariable(name: "TOKEN", value: "t0")], mounts: ["/data"], limits: limits,
        processors: 2, memory: 4 << 30,
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
        #expect(image.mounts == [.plain("type=bind,source=/srv/api,target=/workspaces/api")])
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
                .held("/srv/api/src", rest: ["target=/w"]),
                .held("/data/models", rest: ["target=/m", "readonly"]),
                .plain("type=volume,source=cmdop-id1-c,target=/c"), .plain("type=tmpfs,target=/t"),
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

    @Test("may not pass what widens the limits of the configuration, or takes from other sessions, or claims a label")
    func limits() throws {
        let options = [
            "--memory=1g", "-m=1g", "--memory-swap=-1", "--cpus=2", "--pids-limit=-1", "--cpu-shares=1024",
            "--ulimit=nofile=64", "--label=mine=1",
        ]
        func passed(_ words: [String], _ limits: ResourceLimits) throws -> [String] {
            let list = words.map { "\"\($0)\"" }.joined(separator: ",")
            let made = try recipe("{\"image\": \"x\", \"runArgs\": [\(list)]}", limits: limits)
            #expect(made.runArguments.count + made.warnings.count == words.count)
            return made.runArguments
        }
        #expect(try passed(options, ResourceLimits()) == options)
        let all = ResourceLimits(memory: 64 << 20, processors: 500, processes: 50)
        #expect(try passed(options, all) == Array(options.suffix(3)))
        #expect(try passed(options, ResourceLimits(processes: 50)) == options.filter { $0 != "--pids-limit=-1" })
        let never = [
            "--cpu-shares=1025", "--cpu-shares=x", "--ulimit=rtprio=99", "--label=cmdop.secrets=",
            "-l=cmdop.directory=/",
            "--label=cmdop.secrets",
        ]
        #expect(try passed(never, ResourceLimits()).isEmpty)
    }

    @Test("has an image of a registry, and options of features that are of one line")
    func noOtherText() {
        for image in ["dir:/etc", "docker-archive:/srv/x.tar", "oci:/srv/x", "-x", "a b"] {
            #expect(failure("{\"image\": \"\(image)\"}")?.contains("no name of an image") == true, "\(image)")
        }
        let option = #"{"image": "x", "features": {"./tool": {"level": "1\nRUN --mount=x ls"}}}"#
        #expect(failure(option)?.contains("the option LEVEL must be a string of one line") == true)
    }

    @Test("may have features in folders beside it, with options as their scripts read them")
    func features() throws {
        let made = try recipe(
            #"{"image": "x", "features": {"./tool": {"user-name": "é", "on": true}, "ghcr.io/x/y:1": {}}}"#)
        #expect(made.features.map(\.folder) == ["/srv/api/.devcontainer/tool"])
        #expect(made.features[0].options.map { "\($0.name)=\($0.value)" } == ["LEVEL=3", "ON=true", "USER_NAME=é"])
        #expect(made.warnings.count == 1)
    }

    @Test("takes variables and commands of its features, before its own, and warns of what it does not take")
    func featureProperties() throws {
        let made = try recipe(
            #"""
            {"image": "x", "features": {"./more": {}, "./tool": {}}, "remoteUser": "dev",
             "onCreateCommand": "own", "postCreateCommand": {"three": "3"}}
            """#)
        #expect(made.features[0].variables == [EnvironmentVariable(name: "PATH", value: "/more/bin:${PATH}")])
        #expect(made.steps.map(\.moment) == [.onCreate, .onCreate, .postCreate, .postCreate, .postCreate])
        #expect(made.steps.map(\.label) == ["", "", "one", "two", "three"])
        #expect(made.steps.map(\.feature) == ["./more", "", "./more", "./more", ""])
        #expect(made.steps[2].isTogether(with: made.steps[3]) && !made.steps[3].isTogether(with: made.steps[4]))
        let warned = ["mounts", "entrypoint", "dependsOn", "installsAfter"].map {
            "devcontainer.json, line 1, column 39: \($0) of the feature ./more is not supported, and is left aside"
        }
        #expect(made.warnings == warned)
        let layers = FeatureLayers(
            base: "x", features: made.features, containerUser: "1000", remoteUser: "dev"
        ).dockerfile
        #expect(layers.contains("\nENV PATH=\"/more/bin:${PATH}\"\nCOPY --from=feature0 . "))
        #expect(layers.contains("_REMOTE_USER='dev' ") && layers.contains(" LEVEL='3' ./install.sh "))
        #expect(layers.hasSuffix("\nUSER 1000\n"))
    }

    @Test("says which variables of this machine it does not get")
    func missingVariables() throws {
        let made = try recipe(
            #"""
            {"image": "x", "containerEnv": {"A": "${localEnv:TOKEN}${localEnv:NONE:d}",
             "B": "${localEnv:NONE}"}, "customizations": {"x": "${localEnv:OTHER}"}}
            """#)
        #expect(made.warnings.count == 1)
        #expect(
            made.warnings.first?.contains("line 2, column 7: ${localEnv:NONE} is empty") == true, "\(made.warnings)")
    }

    @Test("wants of this machine what can be compared, or is told that it is not")
    func requirements() throws {
        let few = try recipe(#"{"image": "x", "hostRequirements": {"cpus": 2, "memory": "4gb"}}"#)
        #expect(few.warnings.isEmpty)
        let strange = try recipe(#"{"image": "x", "hostRequirements": {"cpus": "64", "memory": 64, "gpu": true}}"#)
        #expect(strange.warnings.count == 3, "\(strange.warnings)")
        let many = try recipe(#"{"image": "x", "hostRequirements": {"cpus": 3, "memory": "5gb"}}"#)
        #expect(many.warnings.count == 2 && many.warnings[0].contains("it wants 3 processors; this machine has 2"))
    }

    @Test("has ports that people expect, and names for them")
    func ports() throws {
        let made = try recipe(
            #"""
            {"image": "x", "forwardPorts": [8080, 9000], "portsAttributes": {
              "8080": {"label": "web site"}, "3000-3010": {"label": "more"}, "node .*": {"label": "x"}, "80": {}}}
            """#)
        #expect(made.ports.forwarded == [8080, 9000] && made.warnings.count == 1, "\(made.warnings)")
        #expect([8080, 3000, 3010, 3011].map(made.ports.label) == ["web site", "more", "more", nil])
    }

    @Test("has commands run in the kind of shell that it names, which says nothing itself")
    func probe() throws {
        func words(_ kind: String, _ shell: String = "/bin/bash") throws -> [String] {
            try recipe("{\"image\": \"x\", \"userEnvProbe\": \"\(kind)\"}").commandWords(["a", "b"], shell: shell)
        }
        #expect(try words("none") == ["a", "b"])
        for (kind, flags) in [("loginShell", "-lc"), ("interactiveShell", "-ic"), ("loginInteractiveShell", "-lic")] {
            let words = try words(kind)
            #expect(words.suffix(3) == ["/bin/bash", "a", "b"] && words[2].contains("exec \"$0\" \(flags) "))
        }
        #expect(try words("loginShell", "/usr/bin/fish") == ["a", "b"])
    }

    @Test("names who is to have the numbers of the project's owner")
    func owner() throws {
        func user(_ more: String) throws -> String? { try recipe("{\"image\": \"x\", \(more)}").userToUpdate }
        #expect(try user(#""remoteUser": "dev", "containerUser": "other""#) == "dev")
        #expect(try user(#""containerUser": "other""#) == "other")
        for more in [
            #""remoteUser": "root""#, #""remoteUser": "1000""#, #""name": "x""#, #""remoteUser": "a;b""#,
            #""remoteUser": "dev", "updateRemoteUserUID": false"#,
        ] { #expect(try user(more) == nil, "\(more)") }
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
        "containerUser": "\"u\"", "remoteUser": "\"u\"", "updateRemoteUserUID": "false",
        "userEnvProbe": "\"loginShell\"", "overrideCommand": "false", "shutdownAction": "\"none\"",
        "init": "true, \"overrideCommand\": false", "privileged": "true", "capAdd": "[\"SYS_PTRACE\"]",
        "securityOpt": "[\"seccomp=unconfined\"]", "runArgs": "[\"--init\"]", "forwardPorts": "[80]",
        "portsAttributes": "{\"80\": {\"label\": \"web\"}}", "otherPortsAttributes": "{}", "appPort": "80",
        "hostRequirements": "{\"cpus\": 64}", "features": "{\"./tool\": {}}", "overrideFeatureInstallOrder": "[]",
        "initializeCommand": "\"x\"", "onCreateCommand": "\"x\"", "updateContentCommand": "\"x\"",
        "postCreateCommand": "\"x\"", "postStartCommand": "\"x\"", "postAttachCommand": "\"x\"",
        "waitFor": "\"postCreateCommand\"", "customizations": "{\"vscode\": {}}", "secrets": "{}",
        "dockerComposeFile": "\"c.yml\"",
    ]
    /// What each property that is supported changes in a recipe.
    private static let effects: [String: @Sendable (ContainerRecipe) -> Bool] = [
        "image": { $0.base == .image("y") },
        "build.dockerfile": { build($0)?.dockerfile == "/srv/api/.devcontainer/Dockerfile" },
        "build.context": { build($0)?.context == "/srv/api" },
        "build.args": { build($0)?.arguments == [EnvironmentVariable(name: "A", value: "b")] },
        "build.target": { build($0)?.target == "t" },
        "dockerFile": { build($0)?.dockerfile == "/srv/api/.devcontainer/Dockerfile" },
        "workspaceFolder": { $0.workspaceFolder == "/w" },
        "workspaceMount": { $0.mounts.isEmpty },
        "mounts": { $0.mounts.last == .plain("type=tmpfs,target=/t") },
        "containerEnv": { $0.containerVariables == [EnvironmentVariable(name: "A", value: "b")] },
        "remoteEnv": { $0.remoteVariables == [.init(name: "A", value: "b")] },
        "containerUser": { $0.containerUser == "u" && $0.userToUpdate == "u" },
        "remoteUser": { $0.remoteUser == "u" && $0.userToUpdate == "u" },
        "updateRemoteUserUID": { !$0.updatesUser },
        "userEnvProbe": { $0.commandWords(["x"], shell: "/bin/sh").contains { $0.contains(" -lc ") } },
        "overrideCommand": { !$0.keepsAlive },
        "init": { $0.runArguments == ["--init"] },
        "runArgs": { $0.runArguments == ["--init"] },
        "forwardPorts": { $0.ports.forwarded == [80] },
        "portsAttributes": { $0.ports.label(of: 80) == "web" },
        "hostRequirements": { $0.warnings.first?.contains("it wants 64 processors") == true },
        "features": { $0.features.map(\.folder) == ["/srv/api/.devcontainer/tool"] },
        "onCreateCommand": { $0.steps == [.init(moment: .onCreate, command: .line("x"))] },
        "updateContentCommand": { $0.steps == [.init(moment: .updateContent, command: .line("x"))] },
        "postCreateCommand": { $0.steps == [.init(moment: .postCreate, command: .line("x"))] },
        "postStartCommand": { $0.steps == [.init(moment: .postStart, command: .line("x"))] },
        "postAttachCommand": { $0.steps == [.init(moment: .postAttach, command: .line("x"))] },
        "waitFor": { $0.waitsFor == .postCreate },
    ]
    private static func build(_ recipe: ContainerRecipe) -> ContainerRecipe.Build? {
        if case .build(let build) = recipe.base { build } else { nil }
    }

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
            case "supported":
                let effect = try #require(Self.effects[row[0]], "what \(row[0]) changes")
                #expect(try effect(recipe(text.with)) && !effect(recipe(text.without)), "\(row[0])")
            default: Issue.record("\(row[0]) is \(row[1])")
            }
        }
    }
}
