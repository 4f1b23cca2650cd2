extension ContainerRecipe {
    /// Tells whether a container that is there was made from the same.
    package var digest: String { Self.digest(of: "\(creation)") }

    /// Tells whether an image that is there was built from the same.
    package var imageDigest: String { Self.digest(of: "\(base) \(features)") }

    private var creation: ContainerRecipe {
        var recipe = self
        // What does not change the container itself.
        recipe.warnings = []
        recipe.remoteVariables = []
        recipe.steps = []
        return recipe
    }

    /// FNV-1a, 64 bits: for telling apart, not for trust.
    private static func digest(of text: String) -> String {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        let digits = String(hash, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
