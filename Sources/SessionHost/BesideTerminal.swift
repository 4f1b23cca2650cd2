import Platform
import SessionModel
import SystemPackage
import Wire

/// Programs beside the terminal: pipes or a terminal of their own, and the ends that a front-end gets.
enum BesideTerminal {
    struct Started {
        let pid: ProcessID
        let ends: [OwnedDescriptorBox]
    }

    static func program(_ request: SpawnRequest, in plan: LaunchPlan) -> ChildProgram {
        var variables = plan.variables.filter { old in !request.variables.contains { $0.name == old.name } }
        variables += request.variables
        if request.terminal == nil { variables.removeAll { $0.name == "TERM" } }
        let environment = variables.map { "\($0.name)=\($0.value)" }
        guard let command = request.command else {
            let shell = request.terminal == nil ? plan.privateShell : plan.shell
            return ChildProgram(
                path: shell.path, arguments: shell.arguments, environment: environment, directory: plan.directory)
        }
        let arguments = plan.commandShell.arguments + ["-c", String(decoding: command, as: UTF8.self)]
        return ChildProgram(
            path: plan.commandShell.path, arguments: arguments, environment: environment, directory: plan.directory)
    }

    /// With pipes: the ends are stdin, stdout and stderr, in this order.
    static func start(_ request: SpawnRequest, in plan: LaunchPlan) throws -> Started {
        let input = try Pipe.open()
        let output = try Pipe.open()
        let errors = try Pipe.open()
        let pid = try program(request, in: plan).spawn(
            standard: (input.reader.borrowed, output.writer.borrowed, errors.writer.borrowed))
        return Started(
            pid: pid,
            ends: [
                OwnedDescriptorBox(input.takeWriter()), OwnedDescriptorBox(output.takeReader()),
                OwnedDescriptorBox(errors.takeReader()),
            ])
    }

    /// With a terminal: the one end is its controlling side.
    static func start(_ request: SpawnRequest, in plan: LaunchPlan, size: TerminalSize) throws -> Started {
        let pair = try PtyController.open(columns: size.columns, rows: size.rows)
        let terminal = pair.terminal.borrowed
        let pid = try program(request, in: plan).spawn(
            standard: (terminal, terminal, terminal), hasControllingTerminal: true)
        return Started(pid: pid, ends: [OwnedDescriptorBox(pair.takeController().takeDescriptor())])
    }
}
