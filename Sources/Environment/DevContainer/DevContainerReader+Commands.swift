import JSONText
import SessionModel
import Wire

/// The commands of a container's life, and what is built into its image.
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
        case nil, "none", "interactiveShell": break
        case "loginShell", "loginInteractiveShell": recipe.commandsNeedLogin = true
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

    mutating func readFeatures(into recipe: inout ContainerRecipe) throws(DevContainerError) {
        for (name, options) in (try object(["features"]))?.members ?? [] {
            let path = ["features", name]
            guard name.hasPrefix("./") else {
                warn(
                    path,
                    "the feature \(name) would be downloaded, which is not supported; copy its folder beside this file")
                continue
            }
            guard let folder = surroundings.inside(name, from: surroundings.fileFolder),
                surroundings.read("\(folder)/install.sh") != nil
            else { throw error(path, "there is no \(name)/install.sh in \(surroundings.folder)") }
            recipe.features.append(
                ContainerRecipe.Feature(folder: folder, options: try featureOptions(options, in: folder, path)))
        }
    }

    /// What the file says, over the defaults of the feature's own description; named as its script reads them.
    private func featureOptions(
        _ given: JSONValue, in folder: String, _ path: [String]
    ) throws(DevContainerError) -> [EnvironmentVariable] {
        var values: [(String, JSONValue)] = []
        if let bytes = surroundings.read("\(folder)/devcontainer-feature.json") {
            guard let description = try? JSONDocument(parsing: bytes) else {
                throw error(path, "its devcontainer-feature.json is no JSON")
            }
            for (name, option) in description.value["options"]?.object?.members ?? [] {
                if let standard = option["default"] { values.append((name, standard)) }
            }
        }
        if let version = given.string { values.append(("version", .string(version))) }
        values += (given.object?.members ?? []).map { ($0.name, $0.value) }
        let words: [(String, String)] = values.compactMap { name, value in
            (value.string ?? value.bool.map { "\($0)" }).map { (Self.variable(of: name), variables.expanded($0)) }
        }
        return Dictionary(words) { $1 }.sorted { $0.key < $1.key }.map {
            EnvironmentVariable(name: $0.key, value: $0.value)
        }
    }

    /// Upper case, with `_` for what a variable can not have (the specification, Option Resolution).
    private static func variable(of name: String) -> String {
        let text = String(name.uppercased().map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" })
        return text.first?.isNumber == true ? "_\(text)" : text
    }
}
