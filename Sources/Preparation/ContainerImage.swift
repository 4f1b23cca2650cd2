import Environment
import Platform
import Wire

/// The image that a container is made from: there already, pulled, or built. What one session built others use.
struct ContainerImage {
    let order: ContainerOrder
    let podman: Podman
    let recipe: ContainerRecipe

    /// - Returns: its name.
    func make() throws(PreparationFailure) -> String {
        let base = try makeBase()
        let image = recipe.features.isEmpty ? base : try addFeatures(to: base)
        guard let change = ContainerUserChange(order: order, podman: podman, recipe: recipe) else { return image }
        return try change.make(on: image)
    }

    private func makeBase() throws(PreparationFailure) -> String {
        switch recipe.base {
        case .image(let name):
            try pull(name)
            return name
        case .build(let build):
            let name =
                Self.name(of: "\(recipe.base) \(SmallFile.read(build.dockerfile) ?? [])")
            return try make(name, from: build.dockerfile) { arguments in arguments.build(build, as: name) }
        }
    }

    /// One layer for each feature: its folder, and its script run as root.
    private func addFeatures(to base: String) throws(PreparationFailure) -> String {
        let user = try podman.ask(["image", "inspect", "--format", "{{.Config.User}}", base]).text
            .filter { !$0.isWhitespace }
        let container = recipe.containerUser ?? (user.isEmpty ? "root" : user)
        let text = FeatureLayers(
            base: base, features: recipe.features, containerUser: container,
            remoteUser: recipe.remoteUser ?? container
        ).dockerfile
        let contexts = recipe.features.enumerated().map { (name: "feature\($0.offset)", folder: $0.element.folder) }
        let scripts = recipe.features.map { SmallFile.read("\($0.folder)/install.sh") ?? [] }
        let name = Self.name(of: "\(text) \(scripts)")
        let file = try write(text, as: "features.dockerfile")
        return try make(name, from: "\(recipe.features.count) feature(s)") { arguments in
            arguments.build(contexts, dockerfile: file, as: name)
        }
    }

    /// - Returns: its path.
    private func write(_ text: String, as file: String) throws(PreparationFailure) -> String {
        guard let directory = try? StateDirectory.open(order.stateDirectory), directory.write(text, to: file) else {
            throw PreparationFailure("can not write \(order.stateDirectory)/\(file): is the disk full?")
        }
        return "\(order.stateDirectory)/\(file)"
    }

    static func name(of text: String) -> String { "localhost/cmdop-built:\(Digest.text(of: text))" }

    private func pull(_ name: String) throws(PreparationFailure) {
        guard try podman.ask(["image", "exists", name]).status != 0 else { return }
        podman.log.say("pulling the image \(name)")
        let status = try podman.show(["pull", "--", name])
        guard status == 0 else {
            throw PreparationFailure(
                "there is no image \(name) here, and it could not be pulled (status \(status)); check the name, or make"
                    + " it with podman pull or podman import. \(podman.log.whereToRead)")
        }
    }

    private func make(
        _ name: String, from source: String, _ arguments: (PodmanArguments) -> [String]
    ) throws(PreparationFailure) -> String {
        // Podman knows which layers are there already.
        podman.log.say("building the image from \(source)")
        let status = try podman.show(arguments(PodmanArguments(order: order, recipe: recipe)))
        guard status == 0 else {
            throw PreparationFailure(
                "the image could not be built (status \(status)); \(podman.log.whereToRead). Mend it and attach again")
        }
        return name
    }
}
