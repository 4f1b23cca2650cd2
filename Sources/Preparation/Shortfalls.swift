import Environment
import Platform
import SystemPackage
import Wire

/// What Podman without root can not give on this machine; done without and said, or a reason to stop.
struct Shortfalls {
    private static let tunnel = "/dev/net/tun"

    let podman: Podman

    /// Takes out of an order and its recipe what can not be had.
    ///
    /// - Returns: a sentence on each, for whoever attaches.
    func remove(
        from order: inout ContainerOrder, _ recipe: inout ContainerRecipe
    ) throws(PreparationFailure) -> [String] {
        guard podman.runtimeDirectory != nil else { return [] }
        guard Self.isInstalled("newuidmap") else {
            throw PreparationFailure(
                "containers of a server that root did not start need newuidmap, which is not installed here; on "
                    + "Debian: apt-get install uidmap slirp4netns")
        }
        let limits = try limits(&order.limits)
        return limits + network(&recipe)
    }

    private func limits(_ limits: inout ResourceLimits) throws(PreparationFailure) -> [String] {
        guard limits != ResourceLimits() else { return [] }
        let text = try podman.ask(["info", "--format", "{{range .Host.CgroupControllers}}{{println .}}{{end}}"]).text
        let there = text.split(separator: "\n")
        var missing: [String] = []
        if limits.memory != nil, !there.contains("memory") {
            limits.memory = nil
            missing.append("memory")
        }
        if limits.processors != nil, !there.contains("cpu") {
            limits.processors = nil
            missing.append("cpus")
        }
        if limits.processes != nil, !there.contains("pids") {
            limits.processes = nil
            missing.append("pids")
        }
        guard !missing.isEmpty else { return [] }
        return [
            "the limit of \(missing.joined(separator: ", ")) is not held: this machine lets only root set it (cgroups "
                + "of version 2, delegated to \(Account.current.name), would let others)"
        ]
    }

    private func network(_ recipe: inout ContainerRecipe) -> [String] {
        guard !recipe.runArguments.contains(where: { $0 == "--network" || $0.hasPrefix("--network=") }) else {
            return []
        }
        var reason = "slirp4netns is not installed here; on Debian: apt-get install slirp4netns"
        if Self.isInstalled("slirp4netns") {
            if let tunnel = try? FileDescriptor.open(Self.tunnel, .readWrite) {
                _ = OwnedDescriptor(taking: tunnel)
                return []
            }
            reason = "\(Account.current.name) may not open \(Self.tunnel); chmod 666 \(Self.tunnel)"
        }
        recipe.runArguments += ["--network", "none"]
        return ["the container has no network but its own loopback: \(reason), and rebuild the session"]
    }

    private static func isInstalled(_ name: String) -> Bool {
        ["/usr/local/bin", "/usr/bin", "/usr/sbin", "/bin"].contains { FileStatus.exists("\($0)/\(name)") }
    }
}
