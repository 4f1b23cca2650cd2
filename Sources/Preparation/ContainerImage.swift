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
        case .build(let build): return try make(build)
        }
    }

    /// Podman itself keeps what it copies within the context.
    private func make(_ build: ContainerRecipe.Build) throws(PreparationFailure) -> String {
        guard let bytes = SmallFile.readWithoutLinks(build.dockerfile) else {
            throw PreparationFailure("can not read \(build.dockerfile)")
        }
        let text = String(decoding: bytes, as: UTF8.self)
        // Before it, a link in an image leads out of the build (CVE-2024-1753 and others).
        if Dockerfile.hasMounts(text), try !podman.isAtLeast(5, 4) {
            throw PreparationFailure(
                "\(build.dockerfile) has a RUN with --mount, by which it could mount any folder of this machine: "
                    + "Podman keeps that in bounds from version 5.4 on only, so it is not built here")
        }
        let name = Self.name(of: "\(recipe.base) \(bytes)")
        let file = try write(text, to: "build.dockerfile")
        return try make(name, from: build.dockerfile, holding: [build.context]) { arguments, place in
            arguments.build(build, dockerfile: file, context: place(build.context), as: name)
        }
    }

    private func write(_ text: String, to file: String) throws(PreparationFailure) -> String {
        let path = "\(order.stateDirectory)/\(file)"
        guard let directory = try? StateDirectory.open(order.stateDirectory), directory.write(text, to: file) else {
            throw PreparationFailure("can not write \(path): is the disk full?")
        }
        return path
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
        let scripts = recipe.features.map { SmallFile.readWithoutLinks("\($0.folder)/install.sh") ?? [] }
        let name = Self.name(of: "\(text) \(scripts)")
        let file = try write(text, to: "features.dockerfile")
        let folders = contexts.map(\.folder)
        return try make(name, from: "\(recipe.features.count) feature(s)", holding: folders) { arguments, place in
            arguments.build(contexts.map { ($0.name, place($0.folder)) }, dockerfile: file, as: name)
        }
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
