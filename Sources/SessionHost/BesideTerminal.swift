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

    /// With pipes: the ends are stdin, stdout and stderr, in this order.
    static func start(_ program: ChildProgram) throws -> Started {
        let input = try Pipe.open()
        let output = try Pipe.open()
        let errors = try Pipe.open()
        let pid = try program.spawn(
            standard: (input.reader.borrowed, output.writer.borrowed, errors.writer.borrowed))
        return Started(
            pid: pid,
            ends: [
                OwnedDescriptorBox(input.takeWriter()), OwnedDescriptorBox(output.takeReader()),
                OwnedDescriptorBox(errors.takeReader()),
            ])
    }

    /// With a terminal: the one end is its controlling side.
    static func start(_ program: ChildProgram, size: TerminalSize) throws -> Started {
        let pair = try PtyController.open(columns: size.columns, rows: size.rows)
        let terminal = pair.terminal.borrowed
        let pid = try program.spawn(
            standard: (terminal, terminal, terminal), hasControllingTerminal: true)
        return Started(pid: pid, ends: [OwnedDescriptorBox(pair.takeController().takeDescriptor())])
    }
}
