private import Glibc
package import SystemPackage

/// Whether a process runs inside a session, as the kernel has it: no file is asked that such a process could write.
package enum SessionAncestry {
    /// The program of a session's host, which keeps all its session's processes below it (PR_SET_CHILD_SUBREAPER).
    package static let hostProgram = "cmdop-host"
    /// The descriptor of the session's lock, which a host holds from its start to its end.
    package static let lockDescriptor: Int32 = 5

    /// How often the way up is walked before it is given up: parents that end meanwhile change it.
    private static let mostWalks = 10

    /// Whether the process at the other end of a socket is below a host of this directory's sessions. Yes, where that
    /// cannot be found out: the process is gone, and may have left the socket to another, or cannot be looked at.
    ///
    /// - Parameter directory: has a directory for each session of the server that is meant.
    package static func isPeerInside(of socket: FileDescriptor, ofSessionsIn directory: String) -> Bool {
        guard let peer = LocalSocket.peer(of: socket), let line = line(of: peer) else { return true }
        let isInside = line.contains { isHost($0) && isOurs($0, directory) }
        // Asked last: as long as the process is there, nobody else has its number.
        return isInside || !LocalSocket.isPeerThere(of: socket)
    }

    /// The process, its parent and so on, as two walks running found them; nil where there is no such answer.
    static func line(of process: ProcessID) -> [ProcessID]? {
        var last: [ProcessID]?
        for _ in 0..<mostWalks {
            guard let line = walk(from: process) else {
                last = nil
                continue
            }
            if line == last { return line }
            last = line
        }
        return nil
    }

    /// One walk; nil when a process on the way ended, or could not be looked at.
    private static func walk(from process: ProcessID) -> [ProcessID]? {
        var line = [process]
        while let last = line.last, last.rawValue > 1 {
            guard let facts = ProcessTree.facts(of: last) else {
                // Others' processes may be hidden (hidepid, proc(5)): then the way ends here. Ours are not.
                let isHidden = line.count > 1 && kill(last.rawValue, 0) != 0 && errno == EPERM
                return isHidden ? line : nil
            }
            guard facts.parent.rawValue > 0 else { return line }
            line.append(facts.parent)
        }
        return line
    }

    private static func isHost(_ process: ProcessID) -> Bool {
        guard let program = ProcessTree.target(of: "/proc/\(process)/exe") else {
            return ProcessTree.name(of: process) == hostProgram
        }
        // A host outlives the file that it was started from.
        return program == hostProgram || program.hasSuffix("/\(hostProgram)")
    }

    /// Another server's host is nobody of ours: whoever works there may also start a server, or talk to one.
    private static func isOurs(_ host: ProcessID, _ directory: String) -> Bool {
        guard let lock = ProcessTree.target(of: "/proc/\(host)/fd/\(lockDescriptor)") else { return true }
        let sessions = lock.split(separator: "/", omittingEmptySubsequences: false).dropLast(2).joined(separator: "/")
        var (theirs, ours) = (stat(), stat())
        guard stat(directory, &ours) == 0 else { return true }
        guard stat(sessions, &theirs) == 0 else { return false }
        return theirs.st_dev == ours.st_dev && theirs.st_ino == ours.st_ino
    }
}
