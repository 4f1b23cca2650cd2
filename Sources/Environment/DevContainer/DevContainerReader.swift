import JSONText
import Wire

/// Reads a `devcontainer.json` (the Dev Container specification, containers.dev). What it asks for and does not get is
/// named in a warning of the recipe; `Properties.md` has the list.
package struct DevContainerReader {
    let surroundings: DevContainerSurroundings
    let document: JSONDocument
    var variables: DevContainerVariables
    var warnings: [String] = []

    /// - Throws: ``DevContainerError``, which says where.
    package static func recipe(
        of bytes: [UInt8], in surroundings: DevContainerSurroundings
    ) throws(DevContainerError) -> ContainerRecipe {
        let document: JSONDocument
        do {
            document = try JSONDocument(parsing: bytes)
        } catch {
            let place = JSONDocument.place(of: error.offset, in: bytes)
            throw DevContainerError(place: place, sentence: error.sentence)
        }
        var reader = DevContainerReader(surroundings: surroundings, document: document)
        return try reader.recipe()
    }

    private init(surroundings: DevContainerSurroundings, document: JSONDocument) {
        self.surroundings = surroundings
        self.document = document
        variables = DevContainerVariables(surroundings)
    }

    private mutating func recipe() throws(DevContainerError) -> ContainerRecipe {
        guard let top = document.value.object else { throw error([], "it must be an object, in { }") }
        for name in ["dockerComposeFile", "service", "runServices"] where top[name] != nil {
            throw error([name], "Docker Compose is not supported; name an image, or a Dockerfile as build")
        }
        let folder = try string(["workspaceFolder"]).map { variables.expanded($0) }
        let workspace = folder ?? "/workspaces/\(surroundings.name)"
        guard workspace.hasPrefix("/") else { throw error(["workspaceFolder"], "it must be an absolute path") }
        variables.setWorkspace(workspace)
        var recipe = ContainerRecipe(base: try base(), workspaceFolder: workspace)
        try readPlace(into: &recipe)
        try readUsers(into: &recipe)
        try readRunning(into: &recipe)
        try readCommands(into: &recipe)
        try readFeatures(into: &recipe)
        try readPorts(into: &recipe)
        warnOfRequirements(try object(["hostRequirements"]))
        warnOfTheRest(top)
        warnOfVariables(in: document.value, at: [])
        recipe.warnings = warnings
        return recipe
    }

    // MARK: What it is made from

    private func base() throws(DevContainerError) -> ContainerRecipe.Base {
        let build = try object(["build"])
        let dockerfile = try firstString([["build", "dockerfile"], ["build", "dockerFile"], ["dockerFile"]])
        if let dockerfile {
            guard try string(["image"]) == nil else { throw error(["image"], "there is a Dockerfile, too; name one") }
            let context = try firstString([["build", "context"], ["context"]]) ?? "."
            let contextPath = try path(context, ["build", "context"])
            let arguments = try pairs(["build", "args"])
            return .build(
                ContainerRecipe.Build(
                    context: contextPath, dockerfile: try path(dockerfile, ["build", "dockerfile"]),
                    arguments: arguments, target: try word(["build", "target"])))
        }
        if build != nil { throw error(["build"], "build needs a dockerfile") }
        guard let image = try string(["image"]).map({ variables.expanded($0) }) else {
            throw error([], "it names neither an image nor a build with a dockerfile")
        }
        guard ImageName.isOfRegistry(image) else { throw error(["image"], "this is no name of an image") }
        return .image(image)
    }

    /// Of something in the folder, seen from the file.
    private func path(_ text: String, _ at: [String]) throws(DevContainerError) -> String {
        let expanded = variables.expanded(text)
        guard let path = surroundings.inside(expanded, from: surroundings.fileFolder) else {
            throw error(at, "\(expanded) is not there, or not in \(surroundings.folder)")
        }
        return path
    }

    private mutating func readUsers(into recipe: inout ContainerRecipe) throws(DevContainerError) {
        recipe.containerUser = try word(["containerUser"])
        recipe.remoteUser = try word(["remoteUser"])
        recipe.updatesUser = try flag(["updateRemoteUserUID"]) ?? true
        recipe.containerVariables = try pairs(["containerEnv"])
        guard let remote = try object(["remoteEnv"]) else { return }
        for (name, value) in remote.members {
            guard value.isNull || value.string != nil else {
                throw error(["remoteEnv", name], "it must be a string or null")
            }
            try checkVariable(name, ["remoteEnv", name])
            recipe.remoteVariables.append(
                ContainerRecipe.RemoteVariable(name: name, value: value.string.map { variables.expanded($0) }))
        }
    }

    private mutating func readPorts(into recipe: inout ContainerRecipe) throws(DevContainerError) {
        for (index, value) in (try array(["forwardPorts"]) ?? []).enumerated() {
            let at = ["forwardPorts", "\(index)"]
            if let number = value.integer {
                guard let port = UInt16(exactly: number), port > 0 else { throw error(at, "a port is 1 to 65535") }
                recipe.ports.forwarded.append(port)
            } else if let text = value.string, text.contains(":") {
                warn(at, "\(text) is of another container, which there is not")
            } else {
                throw error(at, "a port is a number")
            }
        }
        for (name, attributes) in (try object(["portsAttributes"]))?.members ?? [] {
            guard let label = attributes["label"]?.string else { continue }
            let ends = name.split(separator: "-", omittingEmptySubsequences: false).map { UInt16($0) }
            if let first = ends.first ?? nil, let last = ends.last ?? nil, ends.count <= 2, first <= last {
                recipe.ports.labels.append(PlannedPorts.Label(ports: first...last, text: label))
            } else {
                warn(["portsAttributes", name], "only a port, or a range like 3000-3010, gets a label")
            }
        }
        _ = try object(["otherPortsAttributes"])
    }

    private mutating func warnOfRequirements(_ requirements: JSONObject?) {
        for (name, value) in requirements?.members ?? [] {
            let path = ["hostRequirements", name]
            switch name {
            case "cpus":
                guard let wanted = value.integer else {
                    warn(path, "it must be a number, and is not checked")
                    continue
                }
                if wanted > surroundings.processors {
                    warn(path, "it wants \(wanted) processors; this machine has \(surroundings.processors)")
                }
            case "memory":
                guard let wanted = value.string.flatMap(Self.size) else {
                    warn(path, "it must be a text like \"8gb\", and is not checked")
                    continue
                }
                if wanted > surroundings.memory { warn(path, "it wants more memory than this machine has") }
            default: warn(path, "hostRequirements.\(name) is not checked")
            }
        }
    }

    /// Bytes: a number with tb, gb, mb or kb behind it, as the specification has it.
    static func size(_ text: String) -> UInt64? {
        let units: [(String, UInt64)] = [("tb", 1 << 40), ("gb", 1 << 30), ("mb", 1 << 20), ("kb", 1 << 10), ("", 1)]
        let lower = text.lowercased()
        guard let (unit, factor) = units.first(where: { lower.hasSuffix($0.0) }) else { return nil }
        let product = UInt64(lower.dropLast(unit.count))?.multipliedReportingOverflow(by: factor)
        return product.flatMap { $0.overflow ? nil : $0.partialValue }
    }

    // MARK: What is not done

    private static let known: Set = [
        "$schema", "name", "image", "build", "dockerFile", "context", "workspaceFolder", "workspaceMount", "mounts",
        "containerEnv", "remoteEnv", "containerUser", "remoteUser", "runArgs", "init", "forwardPorts",
        "portsAttributes",
        "otherPortsAttributes", "hostRequirements", "onCreateCommand", "updateContentCommand", "postCreateCommand",
        "postStartCommand", "postAttachCommand", "waitFor", "userEnvProbe", "overrideCommand", "customizations",
        "features", "capAdd", "securityOpt", "privileged", "updateRemoteUserUID",
    ]
    private static let notDone = [
        "initializeCommand": "it would run on the server itself, and is not run",
        "appPort": "nothing is published; ssh -L reaches the container's ports",
        "shutdownAction": "the container stops when the session ends, whatever it says",
        "overrideFeatureInstallOrder": "features are installed in the order of the file",
        "secrets": "the server's configuration says which secrets there are",
    ]

    /// Of variables of this machine that the file may not have, or that there are none of.
    private mutating func warnOfVariables(in value: JSONValue, at path: [String]) {
        for (name, value) in value.object?.members ?? [] where path + [name] != ["customizations"] {
            warnOfVariables(in: value, at: path + [name])
        }
        for (index, value) in (value.array ?? []).enumerated() { warnOfVariables(in: value, at: path + ["\(index)"]) }
        for name in variables.missing(in: value.string ?? "") {
            warn(
                path,
                "${localEnv:\(name)} is empty: the configuration does not hand \(name) on (local-variables), or the "
                    + "server has none")
        }
    }

    private mutating func warnOfTheRest(_ top: JSONObject) {
        for name in top.names where !Self.known.contains(name) {
            warn([name], Self.notDone[name].map { "\(name): \($0)" } ?? "\(name) is not known here, and is left aside")
        }
        for name in (top["build"]?.object?.names ?? []) {
            if !["dockerfile", "dockerFile", "context", "args", "target"].contains(name) {
                warn(["build", name], "build.\(name) is not supported, and is left aside")
            }
        }
    }
}
