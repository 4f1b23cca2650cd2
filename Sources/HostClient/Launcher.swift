private import Glibc
import Platform
package import SystemPackage

/// The process that starts hosts, and does nothing else.
///
/// The server forks it before it shuts its own doors, which its children would inherit. It takes a message with four
/// descriptors (plan, report, lock, log), says one byte that it has it, starts a `cmdop-host` with them, and ends when
/// nobody can ask any more.
package enum Launcher {
    /// One way to ask; each loop of the server has its own.
    package struct Port: ~Copyable, Sendable {
        private let socket: OwnedDescriptor

        init(_ socket: consuming OwnedDescriptor) { self.socket = socket }

        /// Readable when the launcher took a request, and when it is gone.
        var descriptor: FileDescriptor { socket.borrowed }

        /// Asks for a host. What becomes of it is said on the report's other end.
        package func launch(
            plan: FileDescriptor, report: FileDescriptor, lock: FileDescriptor, log: FileDescriptor
        ) throws(Errno) {
            let message: [UInt8] = [1]
            let outcome = try message.withUnsafeBytes { bytes in
                Result { () throws(Errno) in
                    try socket.borrowed.sendAvailable(bytes, descriptors: [plan, report, lock, log])
                }
            }.get()
            guard outcome == .completed(1) else { throw .resourceTemporarilyUnavailable }
        }
    }

    /// Forks the launcher. Call it while the process has one thread.
    ///
    /// - Parameter hostProgram: the path of `cmdop-host`.
    package static func start(hostProgram: String, ports: Int) throws(Errno) -> [PortBox] {
        var mine: [PortBox] = []
        var theirs: [FileDescriptor] = []
        for number in 0..<ports {
            let pair = try LocalSocket.pair()
            mine.append(PortBox(Port(pair.takeFirst(handing: &theirs)), isFirst: number == 0))
        }
        guard try ForkedProcess.isChild() else {
            for end in theirs { _ = OwnedDescriptor(taking: end) }
            return mine
        }
        mine = []
        for ignored in [SIGINT, SIGHUP, SIGTERM, SIGQUIT, SIGUSR1, SIGUSR2, SIGALRM, SIGPIPE] {
            signal(ignored, SIG_IGN)
        }
        LauncherKeeper.run { serve(theirs, until: $0, hostProgram: hostProgram) }
        exit(0)
    }

    /// Holds a port where values that can be copied are asked for.
    package final class PortBox: Sendable {
        package let port: Port
        /// Whether what befalls the launcher is to be told by whoever has this one.
        package let isFirst: Bool

        init(_ port: consuming Port, isFirst: Bool = true) {
            self.port = port
            self.isFirst = isFirst
        }
    }

    /// Serves until nobody can ask any more, or the keeper has ended.
    ///
    /// - Returns: whether somebody can still ask.
    private static func serve(_ ends: [FileDescriptor], until keeper: FileDescriptor, hostProgram: String) -> Bool {
        signal(SIGCHLD, SIG_IGN)
        var polls = (ends + [keeper]).map { pollfd(fd: $0.rawValue, events: Int16(POLLIN), revents: 0) }
        let last = ends.count
        while polls[..<last].contains(where: { $0.fd >= 0 }) {
            guard poll(&polls, nfds_t(polls.count), -1) > 0 else { continue }
            for index in ends.indices where polls[index].fd >= 0 && polls[index].revents != 0 {
                if !serveOne(FileDescriptor(rawValue: polls[index].fd), hostProgram) { polls[index].fd = -1 }
            }
            if polls[last].revents != 0 { return true }
        }
        return false
    }

    /// Takes one request; false when its port is closed.
    private static func serveOne(_ end: FileDescriptor, _ hostProgram: String) -> Bool {
        var message: [UInt8] = [0]
        var received: [FileDescriptor] = []
        let outcome = message.withUnsafeMutableBytes { room in
            try? end.receiveAvailable(into: room, descriptors: &received)
        }
        defer { for descriptor in received { _ = OwnedDescriptor(taking: descriptor) } }
        guard case .completed = outcome else { return false }
        _ = message.withUnsafeBytes { try? end.sendAvailable($0) }
        guard received.count == 4, let nothing = try? FileDescriptor.open("/dev/null", .readWrite) else { return true }
        defer { _ = OwnedDescriptor(taking: nothing) }
        let program = ChildProgram(
            path: hostProgram, arguments: ["cmdop-host"], environment: ["PATH=/usr/bin:/bin"], directory: "/")
        do throws(SpawnFailure) {
            _ = try program.spawn(standard: (nothing, nothing, received[3]), inherited: Array(received[..<3]))
        } catch {
            let sentence = Array("\(error.sentence(about: program))\n".utf8)
            _ = sentence.withUnsafeBytes { try? received[1].writeAvailable($0) }
        }
        return true
    }
}
