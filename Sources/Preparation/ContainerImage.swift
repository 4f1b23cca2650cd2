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
            if try podman.ask(["image", "exists", name]).status != 0 { try podman.pull(name) }
            return name
        case .build(let build): return try make(build)
        }
    }

    /// Podman itself keeps what it copies within the context.
    private func make(_ build: ContainerRecipe.Build) throws(PreparationFailure) -> String {
        let bases = try BaseImages(order: order, podman: podman)
        guard let bytes = SmallFile.readWithoutLinks(build.dockerfile) else {
            throw PreparationFailure("can not read \(build.dockerfile)")
        }
        let checked = try bases.checked(bytes, of: build.dockerfile, build.arguments)
        let name = Self.name(of: "\(recipe.base) \(bytes)")
        let file = try write(checked, to: "build.dockerfile")
        return try make(name, from: build.dockerfile, holding: [build.context]) { arguments, place in
            arguments.build(
                build, dockerfile: file, context: place(build.context), as: name, pulls: bases.areSafe)
        }
    }

    private func write(_ text: [UInt8], to file: String) throws(PreparationFailure) -> String {
        let path = "\(order.stateDirectory)/\(file)"
        guard let directory = try? StateDirectory.open(order.stateDirectory), directory.write(text, to: file) else {
            throw PreparationFailure("can not write \(path): is the disk full?")
        }
        return path
    }

    /// One layer for each feature: its folder, and its script run as root.
    private func addFeatures(to image: String) throws(PreparationFailure) -> String {
        let base = try BaseImages(order: order, podman: podman).id(of: image)
        let user = try podman.ask(["image", "inspect", "--format", "{{.Config.User}}", base]).text
            .filter { !$0.isWhitespace }
        let container = recipe.containerUser ?? (user.isEmpty ? "root" : user)
        let text = FeatureLayers(
            base: base, features: recipe.features, containerUser: container,
            remoteUser: recipe.remoteUser ?? container
        ).dockerfile
        let contexts = recipe.features.enumerated().map { (name: "feature\($0.offset)", folder: $0.element.folder) }
        let scripts = recipe.features.map { SmallFile.readWithoutLinks("\($0.folder)/install.sh") ?? [] }
        let name = Self.name(of: "\(text) \(scripts)")
        let file = try write(Array(text.utf8), to: "features.dockerfile")
        let folders = contexts.map(\.folder)
        return try make(name, from: "\(recipe.features.count) feature(s)", holding: folders) { arguments, place in
            arguments.build(contexts.map { ($0.name, place($0.folder)) }, dockerfile: file, as: name)
        }
    }

    static func name(of text: String) -> String { "localhost/cmdop-built:\(Digest.text(of: text))" }

    /// - Parameter paths: those that the arguments name by their places.
    private func make(
        _ name: String, from source: String, holding paths: [String],
        _ arguments: (PodmanArguments, (String) -> String) -> [String]
    ) throws(PreparationFailure) -> String {
        // Podman knows which layers are there already.
        podman.log.say("building the image from \(source)")
        let held = HeldPaths(of: order.stateDirectory, podman: podman)
        try held.hold(paths)
        defer { held.release(paths) }
        let status = try podman.show(arguments(PodmanArguments(order: order, recipe: recipe), held.place))
        guard status == 0 else {
            throw PreparationFailure(
                "the image could not be built (status \(status)); \(podman.log.whereToRead). Mend it and attach again")
        }
        return name
    }
}
