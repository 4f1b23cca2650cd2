import SessionModel
import SystemPackage
import Yams

/// The sections `local` and `sessions`.
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

    mutating func readSessions(_ node: Node) {
        for item in list(node, "sessions") { result.sessions.append(session(item)) }
    }

    private mutating func session(_ node: Node) -> SessionSettings {
        var settings = SessionSettings()
        let known = [
            "match", "environment", "turns", "release-after", "answer-within", "reattach-within", "scrollback",
            "forwards", "idle", "keep",
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
            case "idle": settings.idle = idle(pair.value)
            case "keep": settings.keep = duration(pair.value, "keep", in: .seconds(1) ... .seconds(3_660 * 86_400))
            case "forwards":
                let reaches = ForwardReach.allCases.map { ($0.rawValue, $0) }
                settings.forwards = choice(pair.value, "forwards", reaches) ?? settings.forwards
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

    private mutating func idle(_ node: Node) -> IdleTerms? {
        var endAfter: Duration?
        var warn: Duration?
        var endsAttached = false
        var ignored: [String] = []
        for pair in mapping(node, "idle", keys: ["end-after", "warn", "attached", "ignore"]) {
            switch pair.key {
            case "end-after": endAfter = duration(pair.value, "end-after", in: .seconds(2) ... .seconds(366 * 86_400))
            case "warn": warn = duration(pair.value, "warn", in: .seconds(1) ... .seconds(86_400))
            case "ignore": ignored = list(pair.value, "ignore").compactMap { programName($0) }
            default: endsAttached = choice(pair.value, "attached", [("keep", false), ("end", true)]) ?? false
            }
        }
        guard let endAfter else {
            if problems.isEmpty { report(node, "idle needs 'end-after', such as 12h") }
            return nil
        }
        let given = warn ?? min(.seconds(600), endAfter / 2)
        guard given < endAfter else {
            report(node, "warn must be less than end-after")
            return nil
        }
        return IdleTerms(endAfter: endAfter, warn: given, endsAttached: endsAttached, ignored: ignored)
    }

    private mutating func programName(_ node: Node) -> String? {
        guard let name = string(node, "a name of ignore") else { return nil }
        guard !name.isEmpty, !name.contains("/"), name.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F }) else {
            report(node, "\(name.quoted) is no name of a program: write it as ps -o comm shows it, without a path")
            return nil
        }
        return name
    }
}
