import Environment
import Platform
import SessionModel
import Wire

/// What is to be known of a running container before a shell starts in it.
struct ContainerFacts {
    let id: String
    let leader: UInt32
    /// The runtime's program, by its path.
    let runtime: String
    let runtimeRoot: String
    /// What must stand before the runtime: without root it finds its containers in podman's own user namespace only.
    let runtimePrefix: [String]
    let containerVariables: [EnvironmentVariable]
    /// Those of its variables that were secrets when it was made.
    let secrets: [EnvironmentVariable]
    let user: UInt32
    let group: UInt32
    let home: String
    /// The one that is wanted, or the best that is there.
    let shell: [String]

    init(order: ContainerOrder, recipe: ContainerRecipe, podman: Podman) throws(PreparationFailure) {
        let format =
            "{{.Id}}\n{{.State.Pid}}\n{{.OCIRuntime}}\n{{index .Config.Labels \"\(PodmanArguments.secretsLabel)\"}}\n"
            + "{{range .Config.Env}}{{.}}{{\"\\x00\"}}{{end}}"
        let text = try podman.ask(["container", "inspect", "--format", format, order.containerName]).text
        let lines = text.split(separator: "\n", maxSplits: 4, omittingEmptySubsequences: false).map(String.init)
        guard lines.count == 5, let leader = UInt32(lines[1]), leader > 0 else {
            throw PreparationFailure(
                "the container ended at once; 'podman logs \(order.containerName)' on the server may say why"
                    + (recipe.keepsAlive ? "" : ". \"overrideCommand\": false wants an image whose own command runs on")
            )
        }
        (id, self.leader) = (lines[0], leader)
        let name = lines[2].split(separator: "/").last.map(String.init) ?? lines[2]
        runtime = ["/usr/bin/\(name)", "/usr/sbin/\(name)"].first(where: FileStatus.exists) ?? lines[2]
        runtimeRoot = "\(podman.runtimeDirectory ?? "/run")/\(name)"
        runtimePrefix = podman.runtimeDirectory.map(Self.wayIn) ?? []
        let variables = lines[4].split(separator: "\0").compactMap(Self.variable)
        let hidden = Set(lines[3].split(separator: ",").map(String.init))
        secrets = variables.filter { hidden.contains($0.name) }
        containerVariables = variables.filter { !hidden.contains($0.name) }
        let wanted = order.shell[0]
        let probe = ["/bin/sh", "-c", Self.probe, "sh", wanted]
        let way = runtimePrefix + [runtime, "--root", runtimeRoot, "exec", id]
        let other = recipe.remoteUser == recipe.containerUser ? nil : recipe.remoteUser
        // As whom the container runs, its runtime knows, too; podman takes three times as long.
        let answer =
            if let other {
                try podman.ask(["exec", "--user", other, order.containerName] + probe)
            } else { try podman.askOther(way + probe) }
        let found = answer.text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        guard answer.status == 0, found.count >= 4, let user = UInt32(found[0]), let group = UInt32(found[1]) else {
            throw PreparationFailure(
                "the container has no /bin/sh that its user can run; a session needs an image with a shell")
        }
        (self.user, self.group, home) = (user, group, found[2])
        shell = found[3] == wanted ? order.shell : [found[3]] + ["-l"]
    }

    private static func variable(_ line: Substring) -> EnvironmentVariable? {
        line.firstIndex(of: "=").map {
            EnvironmentVariable(name: String(line[..<$0]), value: String(line[line.index(after: $0)...]))
        }
    }

    /// Without a word of Podman's own about the machine: it would stand before what a command says.
    private static func wayIn(_ runtimeDirectory: String) -> [String] {
        let variables = ["HOME=\(Account.current.home)", "XDG_RUNTIME_DIR=\(runtimeDirectory)"]
        return ["/usr/bin/env"] + variables + ["podman", "--log-level", "error", "unshare"]
    }

    /// Of the kernel and the shell alone, because an image may have no other program.
    private static let probe = """
        while read -r name value rest; do
            case $name in Uid:|Gid:) echo "$value";; esac
        done </proc/self/status
        echo "${HOME:-/}"
        for shell in "$1" /bin/bash /usr/bin/bash /bin/sh; do
            if [ -x "$shell" ]; then echo "$shell"; break; fi
        done
        """
}
