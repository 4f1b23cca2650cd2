import Environment
import Platform
import Wire

/// What there is of a session in containers: those that were made for it, and the working files that they see.
struct SessionContainers {
    /// Says why the working files may be nowhere else, or nothing.
    private static let program = """
        command -v git >/dev/null || { echo "the container has no git to look after them"; exit; }
        cd /workspace || exit
        if [ -e .git ]; then set -- .; else set -- * .[!.]* ..?*; fi
        for one; do
            [ -e "$one" ] || [ -L "$one" ] || continue
            [ -e "$one/.git" ] || { echo "'$one' is in no repository"; exit; }
            g() { git -c safe.directory='*' -C "$one" "$@" 2>&1; }
            said=$(g status --porcelain) || { echo "git can not read '$one'"; exit; }
            [ -z "$said" ] || { echo "'$one' has changes that are not committed"; exit; }
            [ -z "$(g stash list)" ] || { echo "'$one' has stashed changes"; exit; }
            [ -z "$(g log --branches HEAD --not --remotes --oneline -1)" ] ||
                { echo "'$one' has commits that are not pushed"; exit; }
        done
        """

    private let directory: String
    private let podman: Podman?
    private let names: [String]

    init(of directory: String) throws(PreparationFailure) {
        self.directory = directory
        // Without Podman no container was made, unless there is the mark of a whole one.
        let mayBeThere = Podman.isThere || FileStatus.exists("\(directory)/\(ContainerPreparation.madeMark)")
        guard mayBeThere, FileStatus.exists("\(directory)/\(SessionFiles.environmentLog)") else {
            podman = nil
            names = []
            return
        }
        let log = try PreparationLog(stateDirectory: directory)
        log.leaveTerminal()
        let podman = try Podman(log: log, runtimeDirectory: ThisProgram.variable("XDG_RUNTIME_DIR"))
        // By the name alone: no label and no image can claim to be another session's.
        let own = ContainerOrder.containerName(of: directory)
        var names: [String] = []
        for name in [own, ReplacedContainer.name(of: own)]
        where try podman.ask(["container", "exists", name]).status == 0 {
            names.append(name)
        }
        self.names = names
        self.podman = podman
    }

    func stop() throws(PreparationFailure) {
        guard let podman else { return }
        for name in names { try podman.stop(name) }
        ContainerSecrets(stateDirectory: directory, podman: podman).empty()
    }

    func remove() throws(PreparationFailure) {
        guard let podman else { return }
        HeldPaths(of: directory, podman: podman).releaseAll()
        if !names.isEmpty {
            try podman.require("removing the container", ["rm", "--force", "--volumes", "--time", "0"] + names)
        }
        ContainerSecrets(stateDirectory: directory, podman: podman).remove()
        let prefix = ContainerOrder.volumePrefix(of: directory)
        let volumes = try podman.require("looking for volumes", ["volume", "ls", "--quiet"])
            .split(separator: "\n").map(String.init).filter { $0.hasPrefix(prefix) }
        if !volumes.isEmpty { try podman.require("removing its volumes", ["volume", "rm", "--force"] + volumes) }
    }

    /// Working files of the session's own that would be lost, in words. What can not be looked after counts as such.
    ///
    /// Git runs in the container: a repository can name programs for it to run, which are not the server's to run.
    func workThatIsNowhereElse() throws(PreparationFailure) -> String? {
        let folder = "\(directory)/workspace"
        guard FileStatus.isDirectory(folder), !FileStatus.isEmptyDirectory(folder) else { return nil }
        var words = "there is no container to look after them"
        if let podman { try? holdWhatItMounts(podman) }
        defer { if let podman { HeldPaths(of: directory, podman: podman).releaseAll() } }
        if let podman, let name = names.first, try podman.ask(["start", name]).status == 0 {
            let answer = try podman.ask(["exec", name, "timeout", "60", "sh", "-c", Self.program])
            _ = try podman.ask(["stop", "--time", "0", name])
            if answer.status == 0, answer.text.isEmpty { return nil }
            words = answer.text.split(separator: "\n").first.map(String.init) ?? "its container does not answer"
        }
        return "its working files may be nowhere else: \(words.prefix(200))"
    }

    private func holdWhatItMounts(_ podman: Podman) throws(PreparationFailure) {
        guard let files = try? StateDirectory.open(directory) else { return }
        if files.read(ContainerPreparation.madeMark)?.hasSuffix(ContainerPreparation.withSecrets) == true {
            try ContainerSecrets(stateDirectory: directory, podman: podman).place([])
        }
        try HeldPaths(of: directory, podman: podman).hold(MountedPaths.noted(in: files))
    }
}
