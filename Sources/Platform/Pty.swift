private import CLinux
private import Glibc
package import SystemPackage

/// The controlling side of a terminal whose other side a program has.
package struct PtyController: ~Copyable {
    package let descriptor: OwnedDescriptor

    package init(taking descriptor: consuming OwnedDescriptor) { self.descriptor = descriptor }

    /// A new terminal: the side to keep, and the side that a child gets.
    package static func open(columns: Int, rows: Int) throws(Errno) -> PtyPair {
        var (controller, terminal): (CInt, CInt) = (-1, -1)
        try checked(clinux_open_pty(&controller, &terminal, UInt16(clamping: columns), UInt16(clamping: rows)))
        return PtyPair(
            controller: PtyController(taking: OwnedDescriptor(taking: FileDescriptor(rawValue: controller))),
            terminal: OwnedDescriptor(taking: FileDescriptor(rawValue: terminal)))
    }

    package func resize(columns: Int, rows: Int) throws(Errno) {
        try descriptor.borrowed.setWindowSize(columns: columns, rows: rows)
    }

    package consuming func takeDescriptor() -> OwnedDescriptor { descriptor }

    /// Whether what is typed is not shown, as at a password prompt: ECHO off while ICANON is on (termios(3)).
    package var hidesInput: Bool {
        let flags = clinux_terminal_flags(descriptor.borrowed.rawValue)
        return flags >= 0 && flags & 1 == 0 && flags & 2 != 0
    }

    /// Whether the terminal collects lines by itself, which programs may leave unread: ICANON on (termios(3)).
    package var readsLines: Bool {
        let flags = clinux_terminal_flags(descriptor.borrowed.rawValue)
        return flags >= 0 && flags & 2 != 0
    }

    /// Bytes that were typed and that no program has read; `nil` where that can not be known.
    package var unread: Int? {
        let count = clinux_terminal_unread(descriptor.borrowed.rawValue)
        return count < 0 ? nil : Int(count)
    }

    /// The foreground process group, or `nil` while there is none.
    package var foregroundGroup: ProcessID? {
        let group = tcgetpgrp(descriptor.borrowed.rawValue)
        return group > 0 ? ProcessID(rawValue: group) : nil
    }

    /// Signals the foreground process group, whichever it is at that moment.
    ///
    /// - Returns: whether there was one.
    @discardableResult
    package func signalForeground(_ number: CInt) -> Bool {
        // The terminal itself sends what its keys send, while no group can come or go. (TIOCSIG, ioctl_tty(2))
        let isKey = [SIGINT, SIGQUIT, SIGTSTP].contains(number)
        if isKey, clinux_terminal_signal(descriptor.borrowed.rawValue, number) == 0 {
            return true
        }
        // The group may end while it is looked up; then another takes its place.
        for _ in 0..<100 where foregroundGroup?.signalGroup(number) == true { return true }
        return false
    }
}

/// Both sides of a new terminal.
package struct PtyPair: ~Copyable {
    package let controller: PtyController
    package let terminal: OwnedDescriptor

    package consuming func takeController() -> PtyController { controller }
}

extension FileDescriptor {
    package func setWindowSize(columns: Int, rows: Int) throws(Errno) {
        try checked(clinux_set_window_size(rawValue, UInt16(clamping: columns), UInt16(clamping: rows)))
    }
}
