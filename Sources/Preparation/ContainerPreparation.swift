import Environment
import Platform
import SystemPackage
import Wire

/// From an order to a shell in a container: image, container, its commands, the shell.
struct ContainerPreparation {
    /// In the session's directory, as soon as its container is to be kept: what it was made from.
    static let madeMark = "container"
    /// How the mark ends of one that mounts a folder for secrets.
    static let withSecrets = " with files of secrets\n"

    private(set) var order: ContainerOrder
    let podman: Podman

    private var log: PreparationLog { podman.log }
    private var secrets: [EnvironmentVariable] = []
    private var secretFiles: [EnvironmentVariable] = []
    private var replaced: ReplacedContainer { ReplacedContainer(order: order, podman: podman) }
    private var placed: ContainerSecrets {
        ContainerSecrets(stateDirectory: order.stateDirectory, podman: podman)
    }
    private var held: HeldPaths { HeldPaths(of: order.stateDirectory, podman: podman) }

    init(order: ContainerOrder, podman: Podman) {
        self.order = order
        self.podman = podman
    }

    /// - Returns: the exit status of the program.
    mutating func run() throws -> Int32 {
        try readSecrets()
        log.hide(secrets + secretFiles)
        var recipe = try RecipeSource(order: order).recipe()
        let shortfalls = try Shortfalls(podman: podman).remove(from: &order, &recipe)
        for warning in recipe.warnings + shortfalls { log.say("warning: \(warning)") }
        let directory = try Self.stateDirectory(of: order)
        directory.write(recipe.ports.text, to: SessionFiles.ports)
        let later = try startShell(recipe, directory)
        log.leaveTerminal()
        try later.run(directory)
        return 0
    }

    private func startShell(
        _ recipe: ContainerRecipe, _ directory: borrowing StateDirectory
    ) throws(PreparationFailure) -> LaterCommands {
        try replaced.recover(directory)
        guard let mark = try markOfContainer(directory) else {
            return try makeAndStart(recipe, from: try image(recipe), directory)
        }
        if order.isRebuild { return try rebuild(recipe, mark, directory) }
        if mark != self.mark(recipe) {
            log.say("what this container is made from has changed; 'rebuild' takes that up")
        }
        return try start(recipe, isNew: false, directory)
    }

    static func stateDirectory(of order: ContainerOrder) throws(PreparationFailure) -> StateDirectory {
        do {
            return try StateDirectory.open(order.stateDirectory)
        } catch {
            throw PreparationFailure("\(error)")
        }
    }

    /// Of what goes wrong later, and does not say why then.
    private func warn(of recipe: ContainerRecipe, _ facts: ContainerFacts) {
        if recipe.isShellForeign(facts.shell[0]) {
            log.say("warning: userEnvProbe is left aside: \(facts.shell[0]) can not be asked as other shells can")
        }
        guard case .devcontainer(let path) = order.source, let owner = FileOwner(of: path),
            facts.user != 0, !FileStatus.isWritableByOthers(path)
        else { return }
        // Without root, what is the server's own is root's in the container.
        let isOurs = podman.runtimeDirectory != nil && owner.user == ThisProgram.user
        guard facts.user != (isOurs ? 0 : owner.user) else { return }
        let user = recipe.remoteUser ?? recipe.containerUser ?? "the container's user"
        log.say(
            "warning: \(user) (\(facts.user)) can not write in the workspace: user \(isOurs ? 0 : owner.user) owns "
                + "\(path). Work there as root, or give it to another user, whose number remoteUser then gets")
    }

    private mutating func readSecrets() throws(PreparationFailure) {
        do {
            secrets = try SecretFiles.variables(in: order.secrets)
            secretFiles = try SecretFiles.files(in: order.secretFiles)
        } catch {
            throw PreparationFailure("\(error)")
        }
    }

    // MARK: The container

    /// What the container was made from; `nil` where there is none that is whole.
    private func markOfContainer(_ directory: borrowing StateDirectory) throws(PreparationFailure) -> String? {
        let found = try podman.ask(["container", "inspect", "--format", "{{.State.Running}}", order.containerName])
        let isThere = found.status == 0
        // A host that was killed left it: nothing of it is of the new process tree.
        if found.text.split(separator: "\n").contains("true") { try podman.stop(order.containerName) }
        if isThere, let mark = directory.read(Self.madeMark) { return mark }
        directory.remove(Self.madeMark)
        if isThere { try remove() }
        return nil
    }

    /// What a container is made from: a folder for secrets is mounted, or it is not.
    private func mark(_ recipe: ContainerRecipe) -> String {
        "\(recipe.digest)\(order.secretFiles == nil ? "\n" : Self.withSecrets)"
    }

    private func makeAndStart(
        _ recipe: ContainerRecipe, from image: String, _ directory: borrowing StateDirectory
    ) throws(PreparationFailure) -> LaterCommands {
        do {
            try create(recipe, from: image, directory)
            return try start(recipe, isNew: true, directory)
        } catch {
            if directory.read(Self.madeMark) == nil { try? remove() }
            throw error
        }
    }

    /// Nothing is lost before the new container has a shell: where that fails, the session goes on in the old one.
    private func rebuild(
        _ recipe: ContainerRecipe, _ mark: String, _ directory: borrowing StateDirectory
    ) throws(PreparationFailure) -> LaterCommands {
        do {
            let image = try image(recipe)
            try replaced.setAside(mark, directory)
            return try makeAndStart(recipe, from: image, directory)
        } catch {
            try replaced.recover(directory)
            guard directory.read(Self.madeMark) != nil else { throw error }
            directory.remove(SessionFiles.rebuild)
            log.say("the rebuild failed: \(error.sentence)")
            log.say("this is the container as it was; mend what failed, and rebuild again")
            return try start(recipe, isNew: false, directory)
        }
    }

    private func image(_ recipe: ContainerRecipe) throws(PreparationFailure) -> String {
        try ContainerShell.makeFolder(order)
        return try ContainerImage(order: order, podman: podman, recipe: recipe).make()
    }

    private func create(
        _ recipe: ContainerRecipe, from image: String, _ directory: borrowing StateDirectory
    ) throws(PreparationFailure) {
        let waiter = ["/usr/bin/catatonit", "/usr/libexec/podman/catatonit"].first(where: FileStatus.exists)
        let variables = try ContainerVariables(recipe.containerVariables, secrets: secrets)
        let paths = recipe.heldPaths
        try MountedPaths.note(paths, in: directory)
        try held.hold(paths)
        defer { held.release(paths) }
        let folder = order.secretFiles == nil ? nil : placed.folder
        if folder != nil { try placed.place(secretFiles) }
        let arguments = PodmanArguments(order: order, recipe: recipe, secretsFolder: folder).start(
            image, variables: variables, secrets: secrets.map(\.name), waiter: waiter, place: held.place)
        do {
            try podman.require("making the container", arguments, variables: variables)
        } catch {
            guard !recipe.keepsAlive else { throw error }
            throw PreparationFailure(
                "\(error.sentence). \"overrideCommand\": false wants an image whose own command runs on")
        }
    }

    private func remove() throws(PreparationFailure) {
        try podman.require(
            "removing the half-made container", ["rm", "--force", "--time", "0", order.containerName])
    }

    // MARK: What runs in it

    private func start(
        _ recipe: ContainerRecipe, isNew: Bool, _ directory: borrowing StateDirectory
    ) throws(PreparationFailure) -> LaterCommands {
        if !isNew { try startAgain(directory) }
        let facts = try ContainerFacts(order: order, recipe: recipe, podman: podman)
        log.hide(secrets + secretFiles + facts.secrets)
        if seesSecrets(directory) { try placed.give(secretFiles, to: facts.user, facts.group) }
        warnOfSecrets(facts, recipe, isNew: isNew)
        let recipe = recipe.resolved(with: facts.containerVariables)
        warn(of: recipe, facts)
        let commands = LifecycleCommands(order: order, podman: podman, recipe: recipe, shell: facts.shell[0])
        let due = LaterCommands.due(of: recipe.steps, isNew: isNew, left: LaterCommands.left(in: directory))
        do {
            try commands.run(due.filter { $0.moment <= recipe.waitsFor })
        } catch {
            throw PreparationFailure("\(error.sentence). Mend it and attach again")
        }
        let later = LaterCommands(commands: commands, steps: due.filter { $0.moment > recipe.waitsFor })
        try later.note(in: directory)
        if let first = later.steps.first {
            log.say("\(first.moment.name) runs on beside the shell; \(log.whereToRead)")
        }
        try startShell(recipe, facts, isNew: isNew, directory)
        return later
    }

    private func startAgain(_ directory: borrowing StateDirectory) throws(PreparationFailure) {
        let paths = MountedPaths.noted(in: directory)
        try held.hold(paths)
        defer { held.release(paths) }
        if seesSecrets(directory) { try placed.place(secretFiles) }
        try podman.start(order.containerName)
    }

    /// Whether the container that is there mounts a folder for them.
    private func seesSecrets(_ directory: borrowing StateDirectory) -> Bool {
        directory.read(Self.madeMark)?.hasSuffix(Self.withSecrets) ?? (order.secretFiles != nil)
    }

    private func warnOfSecrets(_ facts: ContainerFacts, _ recipe: ContainerRecipe, isNew: Bool) {
        for secret in facts.secrets where recipe.names(secret.name) {
            let variable = "${containerEnv:\(secret.name)}"
            log.say("warning: \(variable) is a secret, which arguments never have: it is empty there")
        }
        if !isNew, Set(facts.secrets) != Set(secrets) {
            log.say("the secrets have changed since this container was made; 'rebuild' takes that up")
        }
    }

    /// From the shell's first moment on the container is kept, whatever becomes of its later commands.
    private func startShell(
        _ recipe: ContainerRecipe, _ facts: ContainerFacts, isNew: Bool, _ directory: borrowing StateDirectory
    ) throws(PreparationFailure) {
        let old = facts.secrets.filter { !secrets.contains($0) }.map(\.value)
        let shell = ContainerShell(order: order, recipe: recipe, podman: podman, facts: facts, hidden: old)
        guard isNew else { return try shell.start() }
        guard directory.write(mark(recipe), to: Self.madeMark) else {
            throw PreparationFailure("can not write \(order.stateDirectory)/\(Self.madeMark): is the disk full?")
        }
        do {
            try shell.start()
        } catch {
            directory.remove(Self.madeMark)
            throw error
        }
        directory.remove(SessionFiles.rebuild)
        try? replaced.drop(directory)
    }
}

extension ContainerRecipe {
    fileprivate var heldPaths: [String] {
        mounts.compactMap { mount in if case .held(let path, _) = mount { path } else { nil } }
    }
}
