import Platform
import SessionModel
import Wire

/// How programs get to where the session runs.
extension Session {
    /// A command, or a shell, beside the terminal.
    func besideProgram(_ request: SpawnRequest) -> ChildProgram {
        let command = request.command.map { ByteString($0) }
        if let place {
            let shell = command == nil ? place.privateShell : place.commandShell + ["-c"]
            let program = place.program(
                shell, variables: merged(place.variables, request), hasTerminal: request.terminal != nil)
            var started = ChildProgram(
                path: program.path, arguments: program.arguments, environment: Self.ownEnvironment, directory: "/")
            // runc passes arguments on as JSON.
            let name = place.privateShell[0].split(separator: "/").last ?? ""
            if let command { started.arguments.append(command.evaluated(by: name)) }
            return started
        }
        precondition(isPlaceThere, "nothing of a session in a container runs outside it")
        let own = request.terminal == nil ? plan.privateShell : plan.shell
        let shell = command == nil ? own : plan.commandShell
        var program = ChildProgram(
            path: shell.path, arguments: shell.arguments,
            environment: merged(plan.ownVariables, request).map { "\($0.name)=\($0.value)" }, directory: plan.directory)
        if let command { program.arguments += ["-c", command] }
        program.obey(plan)
        program.group = group
        return program
    }

    /// `cmdop-inside` with these arguments, to be spawned as the session's user where its processes are.
    func inside(_ arguments: [String]) -> ChildProgram {
        precondition(isPlaceThere, "nothing of a session in a container runs outside it")
        var all = ["cmdop-inside"]
        if let place {
            all += ["--enter", "\(place.leader)", "--user", "\(place.user):\(place.group)"]
            all += ["--directory", place.directory]
        }
        var program = ChildProgram(
            path: "\(ThisProgram.directory)/cmdop-inside", arguments: all + arguments,
            environment: place == nil ? plan.ownVariables.map { "\($0.name)=\($0.value)" } : Self.ownEnvironment,
            directory: place == nil ? plan.directory : "/")
        if place == nil { program.obey(plan) }
        program.group = group
        return program
    }

    /// Of programs that only bring others to the place.
    static let ownEnvironment = ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"]

    private func merged(_ variables: [EnvironmentVariable], _ request: SpawnRequest) -> [EnvironmentVariable] {
        var all = variables.filter { old in !request.variables.contains { $0.name == old.name } } + request.variables
        if request.terminal == nil { all.removeAll { $0.name == "TERM" } }
        return all
    }
}

extension ChildProgram {
    /// Whom a plan's processes run as, and what each of them may.
    mutating func obey(_ plan: LaunchPlan) {
        user = plan.credentials.map { ChildUser(user: $0.user, group: $0.group, groups: $0.groups) }
        mask = plan.mask
        openFiles = plan.openFiles
    }
}
