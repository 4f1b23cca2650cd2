import Environment
import Wire

/// The commands of a recipe, run in its container: one after the other, those of one object at once.
struct LifecycleCommands {
    let order: ContainerOrder
    let podman: Podman
    let recipe: ContainerRecipe
    /// The program of the user's shell in the container.
    let shell: String

    func run(_ steps: [ContainerRecipe.Step]) throws(PreparationFailure) {
        var rest = steps[...]
        while let first = rest.first {
            let together =
                first.label.isEmpty ? rest.prefix(1) : rest.prefix { $0.isTogether(with: first) }
            rest = rest.dropFirst(together.count)
            for step in together { podman.log.say("\(name(of: step)): \(step.command.shown)") }
            let statuses =
                together.count == 1
                ? [try podman.show(arguments(of: first))]
                : try podman.showTogether(together.map { ($0.label, arguments(of: $0)) })
            for (step, status) in zip(together, statuses) where status != 0 {
                throw PreparationFailure("\(name(of: step)) failed with status \(status); \(podman.log.whereToRead)")
            }
        }
    }

    private func name(of step: ContainerRecipe.Step) -> String {
        let name = step.label.isEmpty ? step.moment.name : "\(step.moment.name) \(step.label)"
        return step.feature.isEmpty ? name : "\(name) of \(step.feature)"
    }

    private func arguments(of step: ContainerRecipe.Step) -> [String] {
        var arguments = ["exec", "--workdir", recipe.workspaceFolder]
        if let user = recipe.remoteUser ?? recipe.containerUser { arguments += ["--user", user] }
        for variable in recipe.remoteVariables {
            if let value = variable.value { arguments += ["--env", "\(variable.name)=\(value)"] }
        }
        return arguments + [order.containerName] + recipe.commandWords(step.command.words, shell: shell)
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
