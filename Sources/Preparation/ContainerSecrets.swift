import Environment
import Platform
import Wire

/// Secrets as files of a container: a folder of this machine's memory that it sees as `/run/secrets`.
///
/// So they are in no image, no argument and not among what `podman inspect` shows. The folder is there before the
/// container starts, and empty once it has ended.
struct ContainerSecrets {
    let stateDirectory: String
    let podman: Podman

    /// In a folder that only the server enters: on this machine the number of a container's user may be anybody's.
    var folder: String { HeldPaths(of: stateDirectory, podman: podman).folder(for: "secrets") }

    func place(_ files: [EnvironmentVariable]) throws(PreparationFailure) {
        do {
            try HeldPaths.makeParent(podman)
            try ReadableFiles.place(files.map { ($0.name, Array($0.value.utf8)) }, in: folder, for: nil, isOpen: true)
        } catch {
            throw PreparationFailure("the secrets can not be put in place: \(error)")
        }
    }

    /// - Parameter user: who reads them in the container; its root has them already.
    func give(_ files: [EnvironmentVariable], to user: UInt32, _ group: UInt32) throws(PreparationFailure) {
        guard user != 0, !files.isEmpty else { return }
        let command = ["chown", "\(user):\(group)"] + files.map { "\(folder)/\($0.name)" }
        let answer =
            podman.runtimeDirectory == nil
            ? try podman.askOther(command) : try podman.ask(["unshare"] + command)
        guard answer.status == 0 else {
            throw PreparationFailure("the secrets can not be given to the container's user \(user)")
        }
    }

    func empty() { if FileStatus.exists(folder) { ReadableFiles.empty(folder) } }

    func remove() { ReadableFiles.remove(folder) }
}
