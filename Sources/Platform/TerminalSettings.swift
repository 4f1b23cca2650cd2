private import Glibc
package import SystemPackage

/// A terminal that this process was started on, and how it was set then (termios(3)).
package struct TerminalSettings {
    private let terminal: FileDescriptor
    private let original: termios

    /// - Returns: `nil` for what is no terminal.
    package init?(of terminal: FileDescriptor) {
        var settings = termios()
        guard tcgetattr(terminal.rawValue, &settings) == 0 else { return nil }
        self.terminal = terminal
        original = settings
    }

    /// Every byte that is typed arrives as it is, and none is shown.
    package func makeRaw() {
        var raw = original
        cfmakeraw(&raw)
        _ = tcsetattr(terminal.rawValue, TCSANOW, &raw)
    }

    package func restore() {
        var settings = original
        _ = tcsetattr(terminal.rawValue, TCSANOW, &settings)
    }

    /// Its size; 0 x 0 where it does not know.
    package var size: (columns: Int, rows: Int) {
        var size = winsize()
        guard ioctl(terminal.rawValue, UInt(TIOCGWINSZ), &size) == 0 else { return (0, 0) }
        return (Int(size.ws_col), Int(size.ws_row))
    }

    /// The terminal opened once more: what is set on that descriptor, others that have it open do not get.
    package func reopenToWrite() throws(Errno) -> OwnedDescriptor {
        var name = [CChar](repeating: 0, count: 256)
        guard ttyname_r(terminal.rawValue, &name, name.count) == 0 else { throw Errno(rawValue: errno) }
        let fd = try checked(open(name, O_WRONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC))
        return OwnedDescriptor(taking: FileDescriptor(rawValue: fd))
    }
}
