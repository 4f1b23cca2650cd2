import JSONText
import SessionModel
import Wire

/// The commands of a container's life, and in which shell they run.
extension DevContainerReader {
    mutating func readCommands(into recipe: inout ContainerRecipe) throws(DevContainerError) {
        for moment in ContainerRecipe.Moment.allCases {
            let path = [moment.name]
            guard let value = value(path) else { continue }
            if let object = value.object {
                for (label, value) in object.members {
                    recipe.steps.append(
                        ContainerRecipe.Step(moment: moment, label: label, command: try command(value, path + [label])))
                }
            } else {
                recipe.steps.append(ContainerRecipe.Step(moment: moment, command: try command(value, path)))
            }
        }
        if let name = try string(["waitFor"]) {
            if let moment = ContainerRecipe.Moment.allCases.first(where: { $0.name == name }) {
                recipe.waitsFor = moment
            } else if name != "initializeCommand" {
                throw error(["waitFor"], "it must name a command, like postCreateCommand")
            }
        }
        switch try string(["userEnvProbe"]) {
        case nil, "none": break
        case "loginShell": recipe.commandsNeedLogin = true
        case "interactiveShell": recipe.commandsNeedInteractive = true
        case "loginInteractiveShell": (recipe.commandsNeedLogin, recipe.commandsNeedInteractive) = (true, true)
        default:
            throw error(["userEnvProbe"], "it must be none, loginShell, interactiveShell or loginInteractiveShell")
        }
    }

    private func command(_ value: JSONValue, _ path: [String]) throws(DevContainerError) -> ContainerRecipe.Command {
        if let line = value.string { return .line(variables.expanded(line)) }
        guard let list = value.array, !list.isEmpty else {
            throw error(path, "a command is a string, a list of words, or an object of these")
        }
        var words: [String] = []
        for (index, word) in list.enumerated() {
            guard let text = word.string else { throw error(path + ["\(index)"], "it must be a string") }
            words.append(variables.expanded(text))
        }
        return .words(words)
    }
}
