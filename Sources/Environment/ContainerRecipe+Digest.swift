extension ContainerRecipe {
    /// Tells whether a container that is there was made from the same.
    package var digest: String { Digest.text(of: "\(creation)") }

    /// Tells whether an image that is there was built from the same.
    package var imageDigest: String { Digest.text(of: "\(base) \(features)") }

    private var creation: ContainerRecipe {
        var recipe = self
        // What does not change the container itself.
        recipe.warnings = []
        recipe.remoteVariables = []
        recipe.steps = []
        return recipe
    }
}
