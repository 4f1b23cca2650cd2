import Environment
import SessionModel
import SystemPackage
import Wire
import Yams

/// The section `environments`.
extension ConfigurationReader {
    mutating func readEnvironments(_ node: Node) {
        for pair in pairs(node, "environments") {
            guard SessionAddress.isOptionValue(pair.key) else {
                report(pair.keyNode, "\(pair.key.quoted) is no environment's name: use a-z 0-9 . _ -")
                continue
            }
            if let environment = environment(pair.value) { result.environments[pair.key] = environment }
        }
    }

    private static let keys = [
        "kind", "shell", "directory", "image", "devcontainer", "memory", "cpus", "pids", "mounts", "local-variables",
        "secrets", "secret-files", "user", "variables", "umask", "files", "allow-onbuild",
    ]
    private static let keysOfProcesses: Set = ["directory", "user", "variables", "umask", "files"]
    private static let keysOfContainers: Set = [
        "image", "devcontainer", "mounts", "local-variables", "allow-onbuild",
    ]

    private mutating func environment(_ node: Node) -> EnvironmentSettings? {
        var settings = EnvironmentSettings()
        let all = mapping(node, "an environment", keys: Self.keys)
        for pair in all where pair.key == "kind" {
            let kinds = EnvironmentSettings.Kind.allCases.map { ($0.rawValue, $0) }
            settings.kind = choice(pair.value, "kind", kinds) ?? settings.kind
        }
        for pair in all where pair.key != "kind" {
            guard settings.kind == .container || !Self.keysOfContainers.contains(pair.key) else {
                report(pair.keyNode, "\(pair.key) is for environments of kind: container")
                continue
            }
            guard settings.kind == .process || !Self.keysOfProcesses.contains(pair.key) else {
                report(
                    pair.keyNode,
                    "\(pair.key) is for environments of kind: process; a container has its own, from its recipe")
                continue
            }
            read(pair.key, pair.value, into: &settings)
        }
        guard settings.kind == .process || settings.source != nil else {
            // One that is wrong was told of.
            guard !all.contains(where: { $0.key == "image" || $0.key == "devcontainer" }) else { return nil }
            report(node, "a container needs an image or a devcontainer (the folder that has its devcontainer.json)")
            return nil
        }
        return settings
    }

    private mutating func read(_ key: String, _ node: Node, into settings: inout EnvironmentSettings) {
        switch key {
        case "shell": settings.shell = shell(node) ?? settings.shell
        case "directory": settings.directory = directory(node) ?? settings.directory
        case "image", "devcontainer":
            guard settings.source == nil else {
                return report(node, "a container is made from an image or from a devcontainer, not from both")
            }
            settings.source = key == "image" ? image(node) : path(node, key).map { .devcontainer($0.string) }
        case "user": settings.user = user(node)
        case "variables": settings.variables = variables(node)
        case "umask": settings.mask = mask(node) ?? settings.mask
        case "files":
            settings.openFiles = integer(node, "files", in: 64...1_048_576).map { UInt64($0) }
        case "memory": settings.limits.memory = memory(node)
        case "cpus": settings.limits.processors = processors(node)
        case "pids":
            settings.limits.processes = integer(node, "pids", in: 16...1_000_000).map { UInt32($0) }
        case "mounts": settings.mounts = list(node, "mounts").compactMap { path($0, "a folder of mounts")?.string }
        case "local-variables":
            settings.localVariables = list(node, key).compactMap { string($0, "a name of local-variables") }
        case "allow-onbuild": settings.allowsOnBuild = flag(node, key) ?? settings.allowsOnBuild
        case "secret-files": settings.secretFiles = path(node, key)?.string
        default: settings.secrets = path(node, "secrets")?.string
        }
    }

    private mutating func image(_ node: Node) -> ContainerOrder.Source? {
        guard let name = string(node, "image") else { return nil }
        guard let first = name.utf8.first, first != UInt8(ascii: "-"), name.utf8.count < 256,
            name.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F })
        else {
            report(node, "\(name.quoted) is no name of an image")
            return nil
        }
        return .image(name)
    }

    /// Bytes: a number with K, M, G or T behind it.
    private mutating func memory(_ node: Node) -> UInt64? {
        guard let text = string(node, "memory") else { return nil }
        let units: [Character: UInt64] = ["K": 1 << 10, "M": 1 << 20, "G": 1 << 30, "T": 1 << 40]
        guard let last = text.last, let unit = units[last], let number = UInt64(text.dropLast()),
            (1...1_048_576).contains(number), number * unit >= 6 << 20
        else {
            report(node, "memory must be a number with K, M, G or T behind it, 6M at least")
            return nil
        }
        return number * unit
    }

    /// Thousandths.
    private mutating func processors(_ node: Node) -> UInt32? {
        guard let text = string(node, "cpus") else { return nil }
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        let digits = parts.count > 1 ? String(parts[1]) : "0"
        guard (1...2).contains(parts.count), (1...3).contains(digits.count), let whole = UInt32(parts[0]),
            whole <= 4_096, let part = UInt32(digits + String(repeating: "0", count: 3 - digits.count)),
            whole * 1_000 + part >= 10
        else {
            report(node, "cpus must be a number of processors, like 2 or 0.5")
            return nil
        }
        return whole * 1_000 + part
    }

    mutating func shell(_ node: Node) -> [String]? {
        let items = list(node, "shell")
        var words: [String] = []
        for item in items {
            guard let word = string(item, "a word of shell") else { return nil }
            words.append(word)
        }
        guard case .sequence = node else { return nil }
        guard let program = words.first, program.hasPrefix("/"), program.utf8.count < 4_096 else {
            report(items.first ?? node, "shell must begin with the absolute path of a program")
            return nil
        }
        return words
    }

    mutating func directory(_ node: Node) -> String? {
        guard let text = string(node, "directory") else { return nil }
        if text == "~" || text.hasPrefix("~/") { return text }
        guard !text.hasPrefix("~") else {
            report(node, "directory can begin with ~/, the home of the session's user, but not name another user's")
            return nil
        }
        return path(node, "directory")?.string
    }
}
