import Environment
import Wire

/// The commands of a recipe, run in its container one after the other.
struct LifecycleCommands {
    let order: ContainerOrder
    let podman: Podman
    let recipe: ContainerRecipe

    func run(_ steps: [ContainerRecipe.Step]) throws(PreparationFailure) {
        for step in steps {
            let name = step.label.isEmpty ? step.moment.name : "\(step.moment.name) \(step.label)"
            podman.log.say("\(name): \(step.command.shown)")
            var arguments = ["exec", "--workdir", recipe.workspaceFolder]
            if let user = recipe.remoteUser ?? recipe.containerUser { arguments += ["--user", user] }
            for variable in recipe.remoteVariables {
                if let value = variable.value { arguments += ["--env", "\(variable.name)=\(value)"] }
            }
            let status = try podman.show(arguments + [order.containerName] + step.command.words)
            guard status == 0 else {
                throw PreparationFailure(
                    "\(name) failed with status \(status); all it said is in \(podman.log.path). "
                        + "Mend it and attach again"
                )
            }
        }
    }
}

extension ContainerRecipe.Command {
    var words: [String] {
        switch self {
        case .line(let line): ["/bin/sh", "-c", line]
        case .words(let words): words
        }
    }

    var shown: String {
        switch self {
        case .line(let line): line
        case .words(let words): words.joined(separator: " ")
        }
    }
}
