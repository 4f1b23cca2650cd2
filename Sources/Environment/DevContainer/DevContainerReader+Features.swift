import JSONText
import SessionModel
import Wire

/// What is built into the image from folders beside the file (the specification's Features reference).
extension DevContainerReader {
    /// Of a feature's own description; what is not among them is for other tools.
    private static let notDone = [
        "mounts", "entrypoint", "privileged", "capAdd", "securityOpt", "dependsOn", "installsAfter",
    ]

    mutating func readFeatures(into recipe: inout ContainerRecipe) throws(DevContainerError) {
        let features = try object(["features"])?.members ?? []
        var steps: [ContainerRecipe.Step] = []
        for (name, given) in features {
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
            let description = try description(ofFeature: folder, path)
            for property in Self.notDone where Self.asksForSomething(description[property]) {
                // The order matters to nobody who is alone.
                guard property != "installsAfter" || features.count > 1 else { continue }
                warn(path, "\(property) of the feature \(name) is not supported, and is left aside")
            }
            if description["init"]?.bool == true, !recipe.keepsAlive { recipe.runArguments.append("--init") }
            recipe.features.append(
                ContainerRecipe.Feature(
                    folder: folder, options: try options(given, description, path),
                    variables: try containerVariables(of: description, path)))
            steps += try self.steps(of: description, name, path)
        }
        // Features' commands come before the file's own (the specification, Lifecycle Hooks).
        recipe.steps = ContainerRecipe.Moment.allCases.flatMap { moment in
            (steps + recipe.steps).filter { $0.moment == moment }
        }
    }

    private func description(ofFeature folder: String, _ path: [String]) throws(DevContainerError) -> JSONObject {
        guard let bytes = surroundings.read("\(folder)/devcontainer-feature.json") else { return JSONObject() }
        guard let object = (try? JSONDocument(parsing: bytes))?.value.object else {
            throw error(path, "its devcontainer-feature.json is no object of JSON")
        }
        return object
    }

    private static func asksForSomething(_ value: JSONValue?) -> Bool {
        guard let value, !value.isNull else { return false }
        return value.bool ?? !(value.array?.isEmpty ?? value.object?.names.isEmpty ?? value.string?.isEmpty ?? false)
    }

    /// What the file says, over the defaults of the feature's own description; named as its script reads them.
    private func options(
        _ given: JSONValue, _ description: JSONObject, _ path: [String]
    ) throws(DevContainerError) -> [EnvironmentVariable] {
        var values: [(String, JSONValue)] = []
        for (name, option) in description["options"]?.object?.members ?? [] {
            if let standard = option["default"] { values.append((name, standard)) }
        }
        if let version = given.string { values.append(("version", .string(version))) }
        values += (given.object?.members ?? []).map { ($0.name, $0.value) }
        let words: [(String, String)] = values.compactMap { name, value in
            (value.string ?? value.bool.map { "\($0)" }).map { (Self.variable(of: name), variables.expanded($0)) }
        }
        // They become a line of a Dockerfile: what follows a line break would be an instruction of its own.
        for (name, value) in words where value.contains(where: \.isNewline) {
            throw error(path, "the option \(name) must be a string of one line")
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

    private func containerVariables(
        of description: JSONObject, _ path: [String]
    ) throws(DevContainerError) -> [EnvironmentVariable] {
        var all: [EnvironmentVariable] = []
        for (name, value) in description["containerEnv"]?.object?.members ?? [] {
            try checkVariable(name, path)
            guard let text = value.string.map({ variables.expanded($0) }), !text.contains(where: \.isNewline) else {
                throw error(path, "containerEnv.\(name) of its devcontainer-feature.json must be a string of one line")
            }
            all.append(EnvironmentVariable(name: name, value: text))
        }
        return all
    }

    private func steps(
        of description: JSONObject, _ name: String, _ path: [String]
    ) throws(DevContainerError) -> [ContainerRecipe.Step] {
        var steps: [ContainerRecipe.Step] = []
        for moment in ContainerRecipe.Moment.allCases {
            guard let value = description[moment.name], !value.isNull else { continue }
            for (label, value) in value.object?.members ?? [("", value)] {
                guard let command = command(value) else {
                    throw error(path, "\(moment.name) of its devcontainer-feature.json is no command")
                }
                steps.append(ContainerRecipe.Step(moment: moment, label: label, feature: name, command: command))
            }
        }
        return steps
    }

    private func command(_ value: JSONValue) -> ContainerRecipe.Command? {
        if let line = value.string { return .line(variables.expanded(line)) }
        guard let list = value.array, !list.isEmpty, list.allSatisfy({ $0.string != nil }) else { return nil }
        return .words(list.compactMap(\.string).map { variables.expanded($0) })
    }
}
