import Wire

extension ContainerRecipe {
    /// Tells whether a container that is there was made from the same.
    package var digest: String { Digest.text(of: "\(creation)") }

    private var creation: ContainerRecipe {
        var recipe = self
        // What does not change the container itself.
        recipe.warnings = []
        recipe.remoteVariables = []
        recipe.steps = []
        recipe.ports = PlannedPorts()
        return recipe
    }
}
