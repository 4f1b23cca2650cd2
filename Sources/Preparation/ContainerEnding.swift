import Environment
import Platform

/// The session is over: its container stops. It is kept, so that the next process tree finds what was installed there.
struct ContainerEnding {
    let order: ContainerOrder
    let podman: Podman

    func run() throws(PreparationFailure) {
        podman.log.leaveTerminal()
        HeldPaths(of: order.stateDirectory, podman: podman).releaseAll()
        let directory = try ContainerPreparation.stateDirectory(of: order)
        try ReplacedContainer(order: order, podman: podman).recover(directory)
        defer { ContainerSecrets(stateDirectory: order.stateDirectory, podman: podman).empty() }
        guard try podman.ask(["container", "exists", order.containerName]).status == 0 else { return }
        if directory.read(ContainerPreparation.madeMark) != nil {
            try podman.stop(order.containerName)
        } else {
            // Half made: what is there of it is of no use.
            try podman.require("removing the container", ["rm", "--force", "--time", "0", order.containerName])
        }
    }
}
