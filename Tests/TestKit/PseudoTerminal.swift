private import Foundation
private import SystemPackage

/// A program on a terminal of its own, as a person would use it.
package final class PseudoTerminal: Sendable {
    package let process: StartedProgram
    private let pump: Pump
    private let controller: FileDescriptor

    /// Starts the program with the terminal as its controlling one.
    package init(
        _ arguments: [String], environment: [String: String] = [:], columns: UInt16 = 80, rows: UInt16 = 24
    ) throws {
        controller = try FileDescriptor.open("/dev/ptmx", .readWrite, options: [.closeOnExec])
        let raw = controller.rawValue
        var unlocked: Int32 = 0
        var number: UInt32 = 0
        guard ioctl(raw, setTerminalLock, &unlocked) == 0, ioctl(raw, getTerminalNumber, &number) == 0 else {
            throw TestKitError.system(call: "ioctl of /dev/ptmx", errno: errno)
        }
        let path = "/dev/pts/\(number)"
        setWindowSize(of: raw, columns: columns, rows: rows)
        let inherited = ProcessInfo.processInfo.environment
        let surroundings = inherited.merging(["TERM": "xterm-256color"]) { $1 }.merging(environment) { $1 }
        // Held open until the child has it: a terminal that nobody has open reads as ended.
        let terminal = open(path, O_RDWR | O_NOCTTY | O_CLOEXEC)
        defer { close(terminal) }
        process = try StartedProgram(arguments, environment: surroundings, standard: .terminal(path: path))
        pump = try Pump(taking: controller, reads: true)
    }

    deinit {
        process.kill(SIGKILL)
        pump.close()
    }

    /// Everything that the program printed.
    package var transcript: Transcript { pump.transcript }

    /// Types text; never blocks.
    package func type(_ text: String) { pump.write(Array(text.utf8)) }

    /// Types bytes; never blocks.
    package func type(_ bytes: [UInt8]) { pump.write(bytes) }

    /// Gives the terminal another size; the program gets its SIGWINCH.
    package func resize(columns: UInt16, rows: UInt16) {
        setWindowSize(of: controller.rawValue, columns: columns, rows: rows)
    }

    /// Waits until the text was printed at or after an offset, and returns the offset behind it.
    @discardableResult
    package func waitFor(_ text: String, from offset: Int = 0, within limit: Duration = patience) async throws -> Int {
        var found: Range<Int>?
        try await eventually(within: limit, "\"\(text)\" on the terminal", seen: { transcript.tail }) {
            found = transcript.firstRange(of: text, from: offset)
            return found != nil
        }
        return found?.upperBound ?? offset
    }

    /// Waits for the program's end and for the last of what it printed.
    package func waitForExit(within limit: Duration = patience) async throws -> StartedProgram.ExitStatus {
        do {
            let status = try await process.waitForExit(within: limit)
            try await eventually(within: limit, "the end of the terminal's output") { transcript.hasEnded }
            return status
        } catch TestKitError.timedOut(let what, let after, _) {
            throw TestKitError.timedOut(waitingFor: what, after: after, seen: transcript.tail)
        }
    }

    /// Sends the program a signal.
    package func kill(_ signal: Int32) { process.kill(signal) }
}

/// TIOCSPTLCK and TIOCGPTN of ioctl_tty(2), whose macros do not import.
private let setTerminalLock: UInt = 0x4004_5431
private let getTerminalNumber: UInt = 0x8004_5430

private func setWindowSize(of descriptor: Int32, columns: UInt16, rows: UInt16) {
    var size = winsize(ws_row: rows, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0)
    _ = ioctl(descriptor, UInt(TIOCSWINSZ), &size)
}
