import JSONText
package import Wire

/// `${…}` in a `devcontainer.json`: what is known before there is a container.
struct DevContainerVariables {
    private var values: [String: String]
    private let local: [String: String]

    init(_ surroundings: DevContainerSurroundings) {
        values = [
            "localWorkspaceFolder": surroundings.folder, "localWorkspaceFolderBasename": surroundings.name,
            "devcontainerId": surroundings.identity,
        ]
        local = Dictionary(surroundings.localVariables.map { ($0.name, $0.value) }) { $1 }
    }

    mutating func setWorkspace(_ folder: String) {
        values["containerWorkspaceFolder"] = folder
        values["containerWorkspaceFolderBasename"] = folder.split(separator: "/").last.map(String.init) ?? ""
    }

    func expanded(_ value: JSONValue) -> JSONValue {
        switch value {
        case .string(let text): .string(expanded(text))
        case .array(let values): .array(values.map(expanded))
        case .object(let object): .object(JSONObject(object.members.map { ($0.name, expanded($0.value)) }))
        default: value
        }
    }

    /// What is not known stays as it is written.
    func expanded(_ text: String) -> String {
        Self.expanded(text) { name in
            if let value = values[name] { return value }
            let parts = name.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false).map(String.init)
            guard parts.count > 1, ["localEnv", "env"].contains(parts[0]) else { return nil }
            return local[parts[1]] ?? (parts.count > 2 ? parts[2] : "")
        }
    }

    /// The names of this machine's variables that are asked for, are not there, and have nothing to stand for them.
    func missing(in text: String) -> [String] {
        var missing: [String] = []
        _ = Self.expanded(text) { name in
            let parts = name.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
            if parts.count == 2, ["localEnv", "env"].contains(parts[0]), local[parts[1]] == nil {
                missing.append(parts[1])
            }
            return nil
        }
        return missing
    }

    /// Replaces each `${NAME}` by what `value` answers. What is put in is not looked at again.
    static func expanded(_ text: String, _ value: (String) -> String?) -> String {
        var result = ""
        var rest = text[...]
        while let start = rest.firstRange(of: "${") {
            guard let end = rest[start.upperBound...].firstIndex(of: "}") else { break }
            result += rest[..<start.lowerBound]
            let name = String(rest[start.upperBound..<end])
            result += value(name) ?? String(rest[start.lowerBound...end])
            rest = rest[rest.index(after: end)...]
        }
        return result + rest
    }
}

extension ContainerRecipe {
    /// Whether something asks for this variable of the container.
    package func names(_ variable: String) -> Bool {
        let commands = steps.flatMap { step in
            switch step.command {
            case .line(let line): [line]
            case .words(let words): words
            }
        }
        return (remoteVariables.compactMap(\.value) + commands).contains { text in
            text.contains("${containerEnv:\(variable)}") || text.contains("${containerEnv:\(variable):")
        }
    }

    /// With what the container has for `${containerEnv:NAME}`.
    package func resolved(with variables: [EnvironmentVariable]) -> ContainerRecipe {
        let known = Dictionary(variables.map { ($0.name, $0.value) }) { $1 }
        func expanded(_ text: String) -> String {
            DevContainerVariables.expanded(text) { name in
                let parts = name.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false).map(String.init)
                guard parts.count > 1, parts[0] == "containerEnv" else { return nil }
                return known[parts[1]] ?? (parts.count > 2 ? parts[2] : "")
            }
        }
        var recipe = self
        recipe.remoteVariables = remoteVariables.map { RemoteVariable(name: $0.name, value: $0.value.map(expanded)) }
        recipe.steps = steps.map { step in
            let command: Command =
                switch step.command {
                case .line(let line): .line(expanded(line))
                case .words(let words): .words(words.map(expanded))
                }
            return Step(moment: step.moment, label: step.label, command: command)
        }
        return recipe
    }
}
