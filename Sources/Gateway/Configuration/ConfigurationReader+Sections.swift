import SessionModel
import SystemPackage
import Yams

/// The sections `local`, `environments` and `sessions`.
extension ConfigurationReader {
    mutating func readLocal(_ node: Node) {
        for pair in pairs(node, "local") {
            guard !pair.key.isEmpty, pair.key.utf8.count < 256 else {
                report(pair.keyNode, "a key of local must be the name of a user of this machine")
                continue
            }
            guard let name = string(pair.value, "an operator in local") else { continue }
            guard OperatorName.isValid(name) else {
                report(pair.value, "\(name.quoted) is no operator's name: use a-z 0-9 . _ -")
                continue
            }
            result.local.operators[pair.key] = name
        }
    }

    mutating func readEnvironments(_ node: Node) {
        for pair in pairs(node, "environments") {
            guard SessionAddress.isOptionValue(pair.key) else {
                report(pair.keyNode, "\(pair.key.quoted) is no environment's name: use a-z 0-9 . _ -")
                continue
            }
            result.environments[pair.key] = environment(pair.value)
        }
    }

    private mutating func environment(_ node: Node) -> EnvironmentSettings {
        var settings = EnvironmentSettings()
        for pair in mapping(node, "an environment", keys: ["kind", "shell", "directory"]) {
            switch pair.key {
            case "kind":
                let kinds = EnvironmentSettings.Kind.allCases.map { ($0.rawValue, $0) }
                settings.kind = choice(pair.value, "kind", kinds) ?? settings.kind
            case "shell": settings.shell = shell(pair.value) ?? settings.shell
            default: settings.directory = directory(pair.value) ?? settings.directory
            }
        }
        return settings
    }

    private mutating func shell(_ node: Node) -> [String]? {
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

    private mutating func directory(_ node: Node) -> String? {
        guard let text = string(node, "directory") else { return nil }
        if text == "~" || text.hasPrefix("~/") { return text }
        guard !text.hasPrefix("~") else {
            report(node, "directory can begin with ~/, the home of the session's user, but not name another user's")
            return nil
        }
        return path(node, "directory")?.string
    }

    mutating func readSessions(_ node: Node) {
        for item in list(node, "sessions") { result.sessions.append(session(item)) }
    }

    private mutating func session(_ node: Node) -> SessionSettings {
        var settings = SessionSettings()
        let known = [
            "match", "environment", "turns", "release-after", "answer-within", "reattach-within", "scrollback",
        ]
        let day = Duration.seconds(86_400)
        for pair in mapping(node, "a session rule", keys: known) {
            switch pair.key {
            case "match": settings.match = glob(pair.value, "match") ?? settings.match
            case "environment":
                settings.environment = environmentName(pair.value) ?? settings.environment
            case "turns": settings.turns = turns(pair.value) ?? settings.turns
            case "release-after":
                let range = Duration.milliseconds(100)...day
                settings.releaseAfter = duration(pair.value, "release-after", in: range) ?? settings.releaseAfter
            case "answer-within":
                let range = Duration.seconds(1)...day
                settings.answerWithin = duration(pair.value, "answer-within", in: range) ?? settings.answerWithin
            case "reattach-within":
                let range = Duration.seconds(1) ... .seconds(3_600)
                settings.reattachWithin = duration(pair.value, "reattach-within", in: range) ?? settings.reattachWithin
            default:
                settings.scrollback = integer(pair.value, "scrollback", in: 0...1_000_000) ?? settings.scrollback
            }
        }
        return settings
    }

    private mutating func environmentName(_ node: Node) -> String? {
        guard let name = string(node, "environment") else { return nil }
        guard result.environments[name] != nil else {
            let known = result.environments.keys.sorted().prefix(16).joined(separator: ", ")
            report(node, "there is no environment \(name.quoted); environments has \(known)")
            return nil
        }
        return name
    }

    private mutating func turns(_ node: Node) -> TurnMode? {
        choice(node, "turns", TurnMode.allCases.map { ($0.name, $0) })
    }
}
