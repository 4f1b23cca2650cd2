import Environment
import Platform
import SystemPackage
import Wire

/// From an order to a shell in a container: image, container, its commands, the shell.
struct ContainerPreparation {
    /// In the session's directory, as soon as its container is made whole: what it was made from.
    static let madeMark = "container"

    private(set) var order: ContainerOrder
    let podman: Podman

    private var log: PreparationLog { podman.log }
    private var secrets: [EnvironmentVariable] = []

    init(order: ContainerOrder, podman: Podman) {
        self.order = order
        self.podman = podman
    }

    /// - Returns: the exit status of the program.
    mutating func run() throws -> Int32 {
        secrets = try readSecrets()
        log.hide(secrets)
        var recipe = try RecipeSource(order: order).recipe()
        let shortfalls = try Shortfalls(podman: podman).remove(from: &order, &recipe)
        for warning in recipe.warnings + shortfalls { log.say("warning: \(warning)") }
        try stateDirectory().write(recipe.ports.text, to: SessionFiles.ports)
        let isNew = try makeContainer(recipe)
        do {
            return try start(recipe, isNew: isNew)
        } catch {
            if isNew { removeHalfMade() }
            throw error
        }
    }

    private func start(_ recipe: ContainerRecipe, isNew: Bool) throws -> Int32 {
        if !isNew { try podman.require("starting the container", ["start", order.containerName]) }
        let facts = try ContainerFacts(order: order, recipe: recipe, podman: podman)
        log.hide(secrets + facts.secrets)
        for secret in facts.secrets where recipe.names(secret.name) {
            let variable = "${containerEnv:\(secret.name)}"
            log.say("warning: \(variable) is a secret, which arguments never have: it is empty there")
        }
        let old = facts.secrets.filter { !secrets.contains($0) }.map(\.value)
        if !isNew, Set(facts.secrets) != Set(secrets) {
            log.say("the secrets have changed since this container was made; 'rebuild' takes that up")
        }
        let recipe = recipe.resolved(with: facts.containerVariables)
        warn(of: recipe, facts)
        let commands = LifecycleCommands(order: order, podman: podman, recipe: recipe, shell: facts.shell[0])
        let due = recipe.steps.filter { isNew || !$0.moment.isOfCreation }
        try commands.run(due.filter { $0.moment <= recipe.waitsFor })
        let later = due.filter { $0.moment > recipe.waitsFor }
        if isNew, later.allSatisfy({ !$0.moment.isOfCreation }) { try markMade(recipe) }
        let shell = ContainerShell(order: order, recipe: recipe, podman: podman, facts: facts, hidden: old)
        try shell.start()
        log.leaveTerminal()
        try commands.run(later)
        if isNew { try markMade(recipe) }
        return 0
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

    private func readSecrets() throws(PreparationFailure) -> [EnvironmentVariable] {
        do {
            return try SecretFiles.variables(in: order.secrets)
        } catch {
            throw PreparationFailure("\(error)")
        }
    }

    // MARK: The container

    /// - Returns: whether it was made now.
    private func makeContainer(_ recipe: ContainerRecipe) throws(PreparationFailure) -> Bool {
        let directory = try stateDirectory()
        let found = try podman.ask(["container", "inspect", "--format", "{{.State.Running}}", order.containerName])
        let isThere = found.status == 0
        let mark = directory.read(Self.madeMark)
        if isThere, let mark, !order.isRebuild {
            if mark != "\(recipe.digest)\n" {
                log.say("what this container is made from has changed; 'rebuild' takes that up")
            }
            if found.text.split(separator: "\n").contains("true") {
                // A host that was killed left it: nothing of it is of the new process tree.
                try podman.require("stopping the container", ["stop", "--time", "1", order.containerName])
            }
            return false
        }
        if isThere { try remove() }
        directory.remove(Self.madeMark)
        try ContainerShell.makeFolder(order)
        let image = try ContainerImage(order: order, podman: podman, recipe: recipe).make()
        try create(recipe, from: image, in: directory)
        return true
    }

    private func create(
        _ recipe: ContainerRecipe, from image: String, in directory: borrowing StateDirectory
    ) throws(PreparationFailure) {
        let variables = "variables"
        let lines = recipe.containerVariables.filter { line in !secrets.contains { $0.name == line.name } } + secrets
        guard lines.allSatisfy({ !$0.value.contains("\n") && !$0.name.contains("=") }) else {
            throw PreparationFailure("a variable of the container has several lines, which podman can not take")
        }
        guard directory.write(lines.map { "\($0.name)=\($0.value)\n" }.joined(), to: variables) else {
            throw PreparationFailure("can not write \(order.stateDirectory)/\(variables): is the disk full?")
        }
        defer { directory.remove(variables) }
        let waiter = ["/usr/bin/catatonit", "/usr/libexec/podman/catatonit"].first(where: FileStatus.exists)
        let arguments = PodmanArguments(order: order, recipe: recipe).start(
            image, variables: "\(order.stateDirectory)/\(variables)", secrets: secrets.map(\.name), waiter: waiter)
        do {
            try podman.require("making the container", arguments)
        } catch {
            removeHalfMade()
            guard !recipe.keepsAlive else { throw error }
            throw PreparationFailure(
                "\(error.sentence). \"overrideCommand\": false wants an image whose own command runs on")
        }
    }

    private func markMade(_ recipe: ContainerRecipe) throws(PreparationFailure) {
        let directory = try stateDirectory()
        guard directory.write("\(recipe.digest)\n", to: Self.madeMark) else {
            throw PreparationFailure("can not write \(order.stateDirectory)/\(Self.madeMark): is the disk full?")
        }
        directory.remove(SessionFiles.rebuild)
    }

    private func remove() throws(PreparationFailure) {
        try podman.require(
            "removing the old container", ["rm", "--force", "--time", "0", order.containerName])
    }

    private func removeHalfMade() {
        guard !FileStatus.exists("\(order.stateDirectory)/\(Self.madeMark)") else { return }
        try? remove()
    }

    private func stateDirectory() throws(PreparationFailure) -> StateDirectory {
        do {
            return try StateDirectory.open(order.stateDirectory)
        } catch {
            throw PreparationFailure("\(error)")
        }
    }
}
