import Environment
import Platform
import SessionModel
import Wire

/// A recipe as podman's arguments.
struct PodmanArguments {
    static let shellFolder = "/run/cmdop/shell"
    /// Names of variables that are secrets, parted by commas.
    static let secretsLabel = "cmdop.secrets"
    private static let initPath = "/run/cmdop/init"

    let order: ContainerOrder
    let recipe: ContainerRecipe
    /// Of those that are files.
    var secretsFolder: String?

    /// For a build whose image gets this name.
    ///
    /// - Parameters:
    ///   - dockerfile: where the recipe's is to be read.
    ///   - context: where the recipe's is to be found.
    ///   - pulls: whether images may be pulled meanwhile.
    func build(
        _ build: ContainerRecipe.Build, dockerfile: String, context: String, as image: String, pulls: Bool
    ) -> [String] {
        var all = ["build", "--tag", image, "--file", dockerfile] + (pulls ? [] : ["--pull-never"]) + resources
        for argument in build.arguments { all += ["--build-arg", "\(argument.name)=\(argument.value)"] }
        if let target = build.target { all += ["--target", target] }
        return all + ["--", context]
    }

    /// For layers on top of an image.
    func build(
        _ contexts: [(name: String, folder: String)], dockerfile: String, as image: String, isQuiet: Bool = false
    ) -> [String] {
        var all = ["build", "--tag", image, "--file", dockerfile, "--pull-never"] + resources
        if isQuiet { all.append("--quiet") }
        for context in contexts { all += ["--build-context", "\(context.name)=\(context.folder)"] }
        return all + ["--", "\(order.stateDirectory)/shell"]
    }

    /// - Parameters:
    ///   - secrets: names of those of the variables that are secrets.
    ///   - waiter: a program of this machine that needs nothing of the container and does nothing.
    ///   - place: where a held path is to be found.
    func start(
        _ image: String, variables: ContainerVariables, secrets: [String], waiter: String?, place: (String) -> String
    ) -> [String] {
        var all = ["run", "--detach", "--hostname", order.session.text] + resources + recipe.runArguments
        // Of an option that is there twice podman takes the last: from here on they are ours.
        all += ["--name", order.containerName, "--label", "cmdop.session=\(order.session.text)"]
        all += ["--label", "\(Self.secretsLabel)=\(secrets.joined(separator: ","))"]
        all += ["--label", "cmdop.directory=\(order.stateDirectory)", "--pull", "never"] + limits
        all += variables.arguments(file: Podman.variablesFile)
        // Unlike --volume it takes a path with a colon.
        let start = ["type=bind", "source=\(order.stateDirectory)/shell", "target=\(Self.shellFolder)", "readonly"]
        all += ["--mount", MountText.of(start)]
        if let secretsFolder {
            let fields = ["type=bind", "source=\(secretsFolder)", "target=\(ContainerOrder.secretsFolder)", "readonly"]
            all += ["--mount", MountText.of(fields)]
        }
        for mount in recipe.mounts {
            switch mount {
            case .plain(let text): all += ["--mount", text]
            case .held(let path, let rest):
                all += ["--mount", MountText.of(["type=bind", "source=\(place(path))"] + rest)]
            }
        }
        all += ["--workdir", recipe.workspaceFolder]
        if let user = recipe.containerUser { all += ["--user", user] }
        guard recipe.keepsAlive else { return all + ["--", image] }
        if let waiter {
            all += ["--volume", "\(waiter):\(Self.initPath):ro", "--entrypoint", "[\"\(Self.initPath)\",\"-P\"]"]
            return all + ["--", image]
        }
        return all + ["--entrypoint", "[\"/bin/sh\"]", "--", image, "-c", "while :; do sleep 3600; done"]
    }

    /// Not above what this machine gives us: podman asks for more, and fails.
    private var resources: [String] {
        let (files, processes) = (ProcessLimits.files, ProcessLimits.processes)
        return ["--ulimit", "nofile=\(files):\(files)", "--ulimit", "nproc=\(processes):\(processes)"]
    }

    private var limits: [String] {
        var all: [String] = []
        if let memory = order.limits.memory { all += ["--memory", "\(memory)b", "--memory-swap", "\(memory)b"] }
        if let processors = order.limits.processors {
            all += ["--cpus", "\(processors / 1_000).\(String(String(processors % 1_000 + 1_000).dropFirst()))"]
        }
        if let processes = order.limits.processes { all += ["--pids-limit", "\(processes)"] }
        return all
    }
}
