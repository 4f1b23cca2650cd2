import Environment
import Platform
import Wire

/// Where a recipe comes from: an image's name, or a `devcontainer.json`.
struct RecipeSource {
    let order: ContainerOrder

    func recipe() throws(PreparationFailure) -> ContainerRecipe {
        switch order.source {
        case .image(let name): return try recipe(ofImage: name)
        case .devcontainer(let path): return try recipe(ofDevContainer: path)
        }
    }

    /// The session's own folder of working files outlives the container.
    private func recipe(ofImage name: String) throws(PreparationFailure) -> ContainerRecipe {
        let folder = "\(order.stateDirectory)/workspace"
        do {
            _ = try StateDirectory.openShared(folder)
        } catch {
            throw PreparationFailure("\(error)")
        }
        var recipe = ContainerRecipe(base: .image(name), workspaceFolder: "/workspace")
        recipe.mounts = [.plain(MountText.of(["type=bind", "source=\(folder)", "target=/workspace"]))]
        return recipe
    }

    /// The path is a folder that has a `devcontainer.json`, or that file.
    private func recipe(ofDevContainer path: String) throws(PreparationFailure) -> ContainerRecipe {
        guard FileStatus.exists(path) else {
            throw PreparationFailure(
                "\(path) is not there: 'devcontainer' of the environment is to be a project's folder, or its "
                    + "devcontainer.json")
        }
        let places = ["/.devcontainer/devcontainer.json", "/.devcontainer.json"].map { path + $0 }
        let file = FileStatus.isDirectory(path) ? places.first(where: FileStatus.exists) : path
        guard let file else {
            throw PreparationFailure(
                "there is no devcontainer.json in \(path): neither \(places.joined(separator: " nor "))")
        }
        guard let bytes = SmallFile.read(file) else { throw PreparationFailure("can not read \(file)") }
        let fileFolder = String(file[..<(file.lastIndex(of: "/") ?? file.startIndex)])
        var folder = path
        if !FileStatus.isDirectory(path) {
            let isInOwn = fileFolder.hasSuffix("/.devcontainer")
            folder = isInOwn ? String(fileFolder.dropLast("/.devcontainer".count)) : fileFolder
        }
        let surroundings = DevContainerSurroundings(
            folder: folder, fileFolder: fileFolder, identity: order.containerName,
            localVariables: order.localVariables, mounts: order.mounts, limits: order.limits,
            processors: Machine.processors, memory: Machine.memory, resolve: FileStatus.realPath,
            read: SmallFile.readWithoutLinks)
        do throws(DevContainerError) {
            return try DevContainerReader.recipe(of: bytes, in: surroundings)
        } catch {
            throw PreparationFailure("\(file), \(error.place): \(error.sentence)")
        }
    }
}
