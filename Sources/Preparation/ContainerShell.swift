import Environment
import Platform
import SessionModel
import SystemPackage
import Wire

/// The terminal's shell in a running container, on a terminal of the container's own; and the way in for others.
struct ContainerShell {
    private let order: ContainerOrder
    private let recipe: ContainerRecipe
    private let podman: Podman
    private let facts: ContainerFacts
    private let remote: [EnvironmentVariable]

    /// Values that the container's programs have, and that the host does not know of.
    private let hidden: [String]

    init(order: ContainerOrder, recipe: ContainerRecipe, podman: Podman, facts: ContainerFacts, hidden: [String]) {
        self.hidden = hidden
        self.order = order
        self.recipe = recipe
        self.podman = podman
        self.facts = facts
        let away = Set(recipe.remoteVariables.filter { $0.value == nil }.map(\.name))
        let own = ([EnvironmentVariable(name: "HOME", value: facts.home)] + order.variables).filter {
            !away.contains($0.name)
        }
        let set = recipe.remoteVariables.compactMap { variable in
            variable.value.map { EnvironmentVariable(name: variable.name, value: $0) }
        }
        remote = own.filter { old in !set.contains { $0.name == old.name } } + set
    }

    /// Where the container finds the shell's start-up files; empty until the shell is known.
    static func makeFolder(_ order: ContainerOrder) throws(PreparationFailure) {
        do {
            _ = try StateDirectory.openShared("\(order.stateDirectory)/shell")
        } catch {
            throw PreparationFailure("\(error)")
        }
    }

    /// Starts the shell and tells the host of it.
    func start() throws(PreparationFailure) {
        do {
            try startShell()
        } catch let failure as PreparationFailure {
            throw failure
        } catch {
            throw PreparationFailure("the shell could not be started in the container: \(error)")
        }
    }

    private func startShell() throws {
        let startUp = ShellStartUp(
            shell: facts.shell, directory: PodmanArguments.shellFolder, variables: remote + facts.containerVariables)
        try write(startUp?.files ?? [])
        let secret = try Pipe.open()
        _ = try secret.writer.borrowed.writeAll(Array("\(order.secret)\n".utf8))
        let directory = try StateDirectory.open(order.stateDirectory)
        let name = "cmdop-\(ProcessID.current).console"
        let folder = try StateDirectory.open(podman.runtimeDirectory ?? order.stateDirectory)
        let console = try LocalSocket.listen(in: folder, as: name)
        defer { folder.remove(name) }
        let path = try consolePath(folder, name)
        let pidFile = "\(order.stateDirectory)/shell.pid"
        var arguments = enter.arguments + ["--tty", "--console-socket", path, "--detach", "--pid-file", pidFile]
        // runc hands on so many descriptors behind the first three.
        if startUp != nil { arguments += ["--preserve-fds", "1"] }
        let added = startUp?.variables ?? []
        for variable in remote.filter({ old in !added.contains { $0.name == old.name } }) + added {
            arguments += ["--env", "\(variable.name)=\(variable.value)"]
        }
        arguments += [facts.id] + (startUp?.arguments ?? facts.shell)
        var said: [UInt8] = []
        let status = try PipedProgram.run(
            [enter.path] + arguments.dropFirst(), environment: podman.environment,
            inherited: startUp == nil ? [] : [secret.reader.borrowed]
        ) { said += $0 }
        guard status == 0, let socket = try LocalSocket.accept(from: console.borrowed) else {
            throw PreparationFailure(
                "the shell could not be started in the container: \(String(decoding: said.prefix(512), as: UTF8.self))")
        }
        var received: [FileDescriptor] = []
        var room = [UInt8](repeating: 0, count: 4_096)
        _ = try room.withUnsafeMutableBytes { try socket.borrowed.receiveAvailable(into: $0, descriptors: &received) }
        guard let terminal = received.first.map({ OwnedDescriptor(taking: $0) }),
            let pid = directory.read("shell.pid").flatMap({ UInt32($0.filter(\.isNumber)) })
        else { throw PreparationFailure("the container's runtime gave no terminal") }
        try tell(place(shell: pid), terminal)
    }

    /// The kernel takes no more than 107 bytes. The way through our descriptors is short, whatever the directory's, but
    /// Podman's own user namespace has no look into our process.
    private func consolePath(_ folder: borrowing StateDirectory, _ name: String) throws(PreparationFailure) -> String {
        guard let runtimeDirectory = podman.runtimeDirectory else {
            return "/proc/\(ProcessID.current)/fd/\(folder.descriptor.borrowed.rawValue)/\(name)"
        }
        let path = "\(runtimeDirectory)/\(name)"
        guard path.utf8.count <= 107 else {
            throw PreparationFailure("the path of XDG_RUNTIME_DIR is too long for sockets: \(runtimeDirectory)")
        }
        return path
    }

    private func tell(_ place: PreparedPlace, _ terminal: borrowing OwnedDescriptor) throws {
        // When the host leaves our terminal for the shell's, ours hangs up.
        ThisProgram.ignore(Signals.hangUp)
        let bytes = place.encoded
        let outcome = try bytes.withUnsafeBytes {
            try FileDescriptor(rawValue: 4).sendAvailable($0, descriptors: [terminal.borrowed])
        }
        guard outcome == .completed(bytes.count) else { throw PreparationFailure("the session's host does not listen") }
    }

    private func place(shell: UInt32) -> PreparedPlace {
        PreparedPlace(
            shell: shell, leader: facts.leader, user: facts.user, group: facts.group, enter: enter,
            terminalOption: "--tty", variableOption: "--env", name: facts.id, directory: recipe.workspaceFolder,
            commandShell: recipe.commandWords([facts.shell[0]], shell: facts.shell[0]), privateShell: facts.shell,
            variables: remote, secrets: hidden)
    }

    /// The runtime itself, which starts a program ten times as fast as podman does.
    private var enter: LaunchedProgram {
        let options = ["--root", facts.runtimeRoot, "exec", "--user", "\(facts.user):\(facts.group)"]
        let words = facts.runtimePrefix + [facts.runtime] + options + ["--cwd", recipe.workspaceFolder]
        return LaunchedProgram(path: words[0], arguments: words)
    }

    private func write(_ files: [ShellMarking.File]) throws {
        for file in files {
            var folder = "\(order.stateDirectory)/shell"
            let names = file.path.split(separator: "/").map(String.init)
            for name in names.dropLast() {
                folder += "/\(name)"
                _ = try StateDirectory.openShared(folder)
            }
            let path = FilePath("\(folder)/\(names.last ?? "start")")
            let mode: FilePermissions = [.ownerReadWrite, .groupRead, .otherRead]
            let descriptor = OwnedDescriptor(
                taking: try FileDescriptor.open(
                    path, .writeOnly, options: [.create, .truncate, .noFollow], permissions: mode))
            try descriptor.borrowed.setMode(mode)
            _ = try descriptor.borrowed.writeAll(Array(file.contents.utf8))
        }
    }
}
