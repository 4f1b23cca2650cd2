import Platform
import SessionModel
import SystemPackage
import Wire

/// Programs beside the terminal: pipes or a terminal of their own, and the ends that a front-end gets.
enum BesideTerminal {
    struct Started {
        let pid: ProcessID
        let ends: [OwnedDescriptorBox]
        var reports: OwnedDescriptorBox?
    }

    /// With pipes: the ends are stdin, stdout and stderr, in this order.
    static func start(_ program: ChildProgram) throws -> Started { try start(program, inherited: []) }

    /// With pipes, and a socket on descriptor 3 where it tells us what it does.
    static func startTelling(_ program: ChildProgram) throws -> Started {
        var ends: [FileDescriptor] = []
        let ours = try LocalSocket.pair().takeFirst(handing: &ends)
        let theirs = OwnedDescriptor(taking: ends[0])
        try ours.borrowed.setNonBlocking()
        try theirs.borrowed.setNonBlocking()
        var started = try start(program, inherited: [theirs.borrowed])
        started.reports = OwnedDescriptorBox(ours)
        return started
    }

    private static func start(_ program: ChildProgram, inherited: [FileDescriptor]) throws -> Started {
        let input = try Pipe.open()
        let output = try Pipe.open()
        let errors = try Pipe.open()
        let pid = try program.spawn(
            standard: (input.reader.borrowed, output.writer.borrowed, errors.writer.borrowed), inherited: inherited)
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
