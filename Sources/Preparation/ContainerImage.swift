import Environment
import Platform

/// The image that a container is made from: there already, pulled, or built. What one session built others use.
struct ContainerImage {
    let order: ContainerOrder
    let podman: Podman
    let recipe: ContainerRecipe

    /// - Returns: its name.
    func make() throws(PreparationFailure) -> String {
        switch recipe.base {
        case .image(let name):
            try pull(name)
            return name
        case .build(let build): return try make(build)
        }
    }

    private func pull(_ name: String) throws(PreparationFailure) {
        guard try podman.ask(["image", "exists", name]).status != 0 else { return }
        podman.log.say("pulling the image \(name)")
        let status = try podman.show(["pull", "--", name])
        guard status == 0 else {
            throw PreparationFailure(
                "there is no image \(name) here, and it could not be pulled (status \(status)); check its name, or make "
                    + "it with podman pull or podman import. All that podman said is in \(podman.log.path)")
        }
    }

    private func make(_ build: ContainerRecipe.Build) throws(PreparationFailure) -> String {
        let name = "localhost/cmdop-built:\(recipe.imageDigest)"
        if !order.isRebuild, try podman.ask(["image", "exists", name]).status == 0 { return name }
        podman.log.say("building the image from \(build.dockerfile)")
        let arguments = PodmanArguments(order: order, recipe: recipe)
        let status = try podman.show(arguments.build(build, as: name))
        guard status == 0 else {
            throw PreparationFailure(
                "the image could not be built (status \(status)): its last lines are above, all of it is in "
                    + "\(podman.log.path). Mend it and attach again")
        }
        return name
    }
}
