import Platform
import SystemPackage

/// Does one thing inside a session, as its user and with its files and network, and ends.
package enum InsideProgram {
    /// - Parameter arguments: of the process: its name, and what is to be done.
    /// - Returns: the exit status of the program.
    package static func run(_ arguments: [String]) -> Int32 {
        // The session's own programs run as the same user; what this one holds open is not theirs.
        ThisProgram.closeToTracers()
        var task = arguments.dropFirst()
        guard let place = InsidePlace(taking: &task) else {
            complain("cmdop-host starts this program; it has no use by hand")
            return 64
        }
        if let sentence = place.enter() {
            complain(sentence)
            return 1
        }
        // To become another user undoes it where the kernel was told so (fs.suid_dumpable).
        ThisProgram.closeToTracers()
        switch task.first {
        case "files": return FileServer().run()
        case "connect": return Sockets.connect(Array(task.dropFirst()))
        case "listen": return Sockets.listen(Array(task.dropFirst()))
        default:
            complain("cmdop-host starts this program; it has no use by hand")
            return 64
        }
    }

    static func complain(_ sentence: String) {
        _ = Array("cmdop-inside: \(sentence)\n".utf8).withUnsafeBytes {
            try? FileDescriptor.standardError.writeAvailable($0)
        }
    }
}
