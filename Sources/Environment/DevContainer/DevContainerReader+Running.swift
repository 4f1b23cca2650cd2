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
            let fields = ["type=bind", "source=\(surroundings.folder)", "target=/workspaces/\(surroundings.name)"]
            recipe.mounts.append(.plain(MountText.of(fields)))
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

    /// `nil` for one that is left aside.
    private mutating func mount(
        _ text: String, _ path: [String]
    ) throws(DevContainerError) -> ContainerRecipe.Mount? {
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
            guard let real = surroundings.mountable(source) else {
                warn(
                    path,
                    "\(source) is not mounted: it is not there, or the configuration does not allow it (mounts)"
                )
                return nil
            }
            return .held(real, rest: end)
        case "volume": return .plain(MountText.of(["type=volume"] + (try volume(source, path)) + end))
        case "tmpfs": return .plain(MountText.of(["type=tmpfs"] + end))
        default: throw error(path, "a mount of type \(type.quoted) is not supported")
        }
    }

    private func volume(_ name: String, _ path: [String]) throws(DevContainerError) -> [String] {
        let isName = name.utf8.allSatisfy { byte in
            byte < 0x80 && (Character(Unicode.Scalar(byte)).isLetter || Character(Unicode.Scalar(byte)).isNumber)
                || [UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: ".")].contains(byte)
        }
        guard isName else { throw error(path, "\(name.quoted) is no name of a volume") }
        let prefix = DevContainerSurroundings.volumePrefix(of: surroundings.identity)
        return name.isEmpty ? [] : ["source=\(prefix)\(name)"]
    }

    mutating func readRunning(into recipe: inout ContainerRecipe) throws(DevContainerError) {
        recipe.keepsAlive = try flag(["overrideCommand"]) ?? true
        if try flag(["init"]) == true, !recipe.keepsAlive { recipe.runArguments.append("--init") }
        if try flag(["privileged"]) == true {
            warn(["privileged"], "privileged would open this machine, and is left aside")
        }
        for name in ["capAdd", "securityOpt"] where !(try strings([name])).isEmpty {
            warn([name], "\(name) would take the container's walls down, and is left aside")
        }
        try readRunArguments(into: &recipe)
    }
}
