import Environment
import Platform

/// The session is over: its container stops. It is kept, so that the next process tree finds what was installed there.
struct ContainerEnding {
    let order: ContainerOrder
    let podman: Podman

    func run() throws(PreparationFailure) {
        podman.log.leaveTerminal()
        guard try podman.ask(["container", "exists", order.containerName]).status == 0 else { return }
        if FileStatus.exists("\(order.stateDirectory)/\(ContainerPreparation.madeMark)") {
            try podman.require("stopping the container", ["stop", "--time", "1", order.containerName])
        } else {
            // Half made: what is there of it is of no use.
            try podman.require("removing the container", ["rm", "--force", "--time", "0", order.containerName])
        }
    }
}
