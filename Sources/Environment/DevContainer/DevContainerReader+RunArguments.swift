import SessionModel
import Wire

/// Podman's own options: those that stay within the container, and within what the configuration gives it.
extension DevContainerReader {
    /// Whether a value follows.
    private static let allowed: [String: Bool] = [
        "--add-host": true, "--cap-drop": true, "--cpu-shares": true, "--cpus": true, "--dns": true, "--env": true,
        "-e": true, "--hostname": true, "-h": true, "--init": false, "--label": true, "-l": true, "--memory": true,
        "-m": true, "--memory-swap": true, "--pids-limit": true, "--read-only": false, "--shm-size": true,
        "--stop-signal": true, "--stop-timeout": true, "--tmpfs": true, "--ulimit": true,
    ]
    /// Limits that bound a process and nothing else; a priority, say, would be taken from other sessions.
    private static let processLimits: Set = [
        "as", "core", "cpu", "data", "fsize", "locks", "memlock", "nofile", "nproc", "rss", "stack",
    ]
    /// What a group has of the processors when all want them, unless it is told (podman-run(1)).
    private static let usualShares = 1_024

    mutating func readRunArguments(into recipe: inout ContainerRecipe) throws(DevContainerError) {
        let words = try strings(["runArgs"])
        var index = 0
        while index < words.count {
            let parts = words[index].split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(
                String.init)
            let path = ["runArgs", "\(index)"]
            index += 1
            guard let takesValue = Self.allowed[parts[0]] else {
                warn(path, "runArgs: \(words[index - 1]) is not allowed here, and is left aside")
                // Its value, where one follows.
                if parts.count == 1, index < words.count, !words[index].hasPrefix("-") { index += 1 }
                continue
            }
            var word = words[index - 1]
            if parts.count == 1, takesValue {
                guard index < words.count else { throw error(path, "\(parts[0]) needs a value") }
                word = "\(parts[0])=\(words[index])"
                index += 1
            }
            let value = String(word.dropFirst(parts[0].count + 1))
            if let reason = reason(against: parts[0], value) {
                warn(path, "runArgs: \(word) is left aside: \(reason)")
            } else {
                recipe.runArguments.append(word)
            }
        }
    }

    private func reason(against option: String, _ value: String) -> String? {
        let limits = surroundings.limits
        func held(_ isSet: Bool, _ name: String) -> String? {
            isSet ? "the configuration's limit of \(name) holds" : nil
        }
        switch option {
        case "--memory", "-m", "--memory-swap": return held(limits.memory != nil, "memory")
        case "--cpus": return held(limits.processors != nil, "cpus")
        case "--pids-limit": return held(limits.processes != nil, "pids")
        case "--cpu-shares":
            let isFair = Int(value).map { (2...Self.usualShares).contains($0) } ?? false
            return isFair ? nil : "more than \(Self.usualShares) would be taken from other sessions"
        case "--ulimit":
            let name = value.prefix { $0 != "=" }
            return Self.processLimits.contains(String(name)) ? nil : "\(String(name).quoted) is not a limit to set here"
        case "--label", "-l":
            return value.hasPrefix("cmdop.") ? "labels that begin with cmdop. are the server's own" : nil
        default: return nil
        }
    }
}
