import Environment
import Platform

/// The container that a rebuild replaces: set aside until the new one is whole, and put back where that fails.
///
/// The marks tell where a rebuild stood that was cut off. What happens in the order of ``setAside()``, the new
/// container's own mark, and ``drop()``; ``recover()`` leaves one whole container, whichever step was the last.
struct ReplacedContainer {
    /// In the session's directory while there is one: what that container was made from.
    private static let mark = "container.old"

    let order: ContainerOrder
    let podman: Podman

    private var name: String { Self.name(of: order.containerName) }

    static func name(of container: String) -> String { "\(container).old" }

    /// - Parameter mark: what it was made from.
    func setAside(_ mark: String, _ directory: borrowing StateDirectory) throws(PreparationFailure) {
        guard directory.write(mark, to: Self.mark) else {
            throw PreparationFailure("can not write \(order.stateDirectory)/\(Self.mark): is the disk full?")
        }
        try MountedPaths.setAside(in: directory)
        directory.remove(ContainerPreparation.madeMark)
        try podman.require("setting the old container aside", ["rename", order.containerName, name])
    }

    /// The new one is whole.
    func drop(_ directory: borrowing StateDirectory) throws(PreparationFailure) {
        guard directory.read(Self.mark) != nil else { return }
        if try exists(name) {
            try podman.require("removing the old container", ["rm", "--force", "--time", "0", name])
        }
        directory.remove(Self.mark)
        MountedPaths.drop(in: directory)
    }

    /// Puts it back where the new one is not whole.
    func recover(_ directory: borrowing StateDirectory) throws(PreparationFailure) {
        guard let mark = directory.read(Self.mark) else { return }
        guard directory.read(ContainerPreparation.madeMark) == nil else { return try drop(directory) }
        if try exists(name) {
            if try exists(order.containerName) {
                try podman.require(
                    "removing the half-made container", ["rm", "--force", "--time", "0", order.containerName])
            }
            try podman.require("putting the old container back", ["rename", name, order.containerName])
        }
        try MountedPaths.putBack(in: directory)
        if try exists(order.containerName), !directory.write(mark, to: ContainerPreparation.madeMark) {
            throw PreparationFailure("can not write to \(order.stateDirectory): is the disk full?")
        }
        directory.remove(Self.mark)
        MountedPaths.drop(in: directory)
    }

    private func exists(_ name: String) throws(PreparationFailure) -> Bool {
        try podman.ask(["container", "exists", name]).status == 0
    }
}
