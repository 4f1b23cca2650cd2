import Environment
import Platform
import Wire

/// Where a recipe comes from: an image's name, or a `devcontainer.json`.
struct RecipeSource {
    let order: ContainerOrder

    func recipe() throws(PreparationFailure) -> ContainerRecipe {
        switch order.source {
        case .image(let name): return try recipe(ofImage: name)
        case .devcontainer(let path): throw PreparationFailure("can not read \(path): not supported")
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
        recipe.mounts = ["type=bind,source=\(folder),target=/workspace"]
        return recipe
    }
}
