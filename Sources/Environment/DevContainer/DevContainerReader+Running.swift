import JSONText
import SessionModel

/// Mounts and podman's own options: what would open this machine to the container is left aside, with a warning.
extension DevContainerReader {
    mutating func readPlace(into recipe: inout ContainerRecipe) throws(DevContainerError) {
        if let text = try string(["workspaceMount"]) {
            if !text.isEmpty, let mount = try mount(variables.expanded(text), ["workspaceMount"]) {
                recipe.mounts.append(mount)
            }
        } else {
            recipe.mounts.append(
                MountText.of([
                    "type=bind", "source=\(surroundings.folder)", "target=/workspaces/\(surroundings.name)",
                ]))
        }
        for (index, value) in (try array(["mounts"]) ?? []).enumerated() {
            let path = ["mounts", "\(index)"]
            let text: String
            if let object = value.object {
                text = object.members.compactMap { member in member.value.string.map { "\(member.name)=\($0)" } }
                    .joined(separator: ",")
            } else if let string = value.string {
                text = string
            } else {
                throw error(path, "a mount is a string or an object")
            }
            if let mount = try mount(variables.expanded(text), path) { recipe.mounts.append(mount) }
        }
    }

    /// As podman takes it; `nil` for one that is left aside.
    private mutating func mount(_ text: String, _ path: [String]) throws(DevContainerError) -> String? {
        var (type, source, target, isReadOnly) = ("volume", "", "", false)
        for field in text.split(separator: ",") {
            let parts = field.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            let value = parts.count > 1 ? parts[1] : ""
            switch parts[0] {
            case "type": type = value
            case "source", "src": source = value
            case "target", "dst", "destination": target = value
            case "readonly", "ro": isReadOnly = value != "false"
            case "consistency", "external": break
            default: throw error(path, "\(parts[0].quoted) is no part of a mount that is supported")
            }
        }
        guard target.hasPrefix("/") else { throw error(path, "its target must be an absolute path") }
        let end = ["target=\(target)"] + (isReadOnly ? ["readonly"] : [])
        switch type {
        case "bind":
            guard surroundings.mayMount(source) else {
                warn(
                    path,
                    "\(source) is not mounted: it is not there, or the configuration does not allow it (mounts)"
                )
                return nil
            }
            return MountText.of(["type=bind", "source=\(source)"] + end)
        case "volume":
            let isName = source.utf8.allSatisfy { byte in
                byte < 0x80 && (Character(Unicode.Scalar(byte)).isLetter || Character(Unicode.Scalar(byte)).isNumber)
                    || [UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: ".")].contains(byte)
            }
            guard isName else { throw error(path, "\(source.quoted) is no name of a volume") }
            let volume = source.isEmpty ? [] : ["source=cmdop-\(surroundings.identity)-\(source)"]
            return MountText.of(["type=volume"] + volume + end)
        case "tmpfs": return MountText.of(["type=tmpfs"] + end)
        default: throw error(path, "a mount of type \(type.quoted) is not supported")
        }
    }

    /// Options that stay within the container, and whether a value follows.
    private static let allowed: [String: Bool] = [
        "--add-host": true, "--cap-drop": true, "--cpu-shares": true, "--cpus": true, "--dns": true, "--env": true,
        "-e": true, "--hostname": true, "-h": true, "--init": false, "--label": true, "-l": true, "--memory": true,
        "-m": true, "--memory-swap": true, "--pids-limit": true, "--read-only": false, "--shm-size": true,
        "--stop-signal": true, "--stop-timeout": true, "--tmpfs": true, "--ulimit": true,
    ]

    mutating func readRunning(into recipe: inout ContainerRecipe) throws(DevContainerError) {
        recipe.keepsAlive = try flag(["overrideCommand"]) ?? true
        if try flag(["init"]) == true, !recipe.keepsAlive { recipe.runArguments.append("--init") }
        if try flag(["privileged"]) == true {
            warn(["privileged"], "privileged would open this machine, and is left aside")
        }
        for name in ["capAdd", "securityOpt"] where !(try strings([name])).isEmpty {
            warn([name], "\(name) would take the container's walls down, and is left aside")
        }
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
            if parts.count > 1 || !takesValue {
                recipe.runArguments.append(words[index - 1])
            } else if index < words.count {
                recipe.runArguments.append("\(parts[0])=\(words[index])")
                index += 1
            } else {
                throw error(path, "\(parts[0]) needs a value")
            }
        }
    }
}
