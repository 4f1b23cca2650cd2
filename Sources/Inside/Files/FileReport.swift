import Glibc
import Platform
import SystemPackage
import Wire

/// Tells the host what was done to files, if it listens on descriptor 3: each, or, of many at once, how many.
struct FileReport {
    /// So many of a second are told one by one.
    private static let perSecond = 50

    private let socket: FileDescriptor?
    private var second = 0
    private var told = 0
    private var rest = FileMove(.several, path: [], count: 0)

    init() {
        let descriptor = FileDescriptor(rawValue: 3)
        socket = fcntl(3, F_GETFD) >= 0 ? descriptor : nil
    }

    mutating func tell(_ move: FileMove) {
        guard socket != nil else { return }
        passTime()
        guard told < Self.perSecond, send(move) else {
            rest.count &+= 1
            rest.bytes &+= move.bytes
            return
        }
        told += 1
    }

    /// Whether something is to be told that waits for the next second.
    var isWaiting: Bool { rest.count > 0 }

    mutating func passTime() {
        let now = time(nil)
        guard now != second else { return }
        (second, told) = (now, 0)
        flush()
    }

    mutating func flush() {
        guard rest.count > 0, send(rest) else { return }
        rest = FileMove(.several, path: [], count: 0)
    }

    /// False while the host has not read what it was told before.
    private func send(_ move: FileMove) -> Bool {
        guard let socket else { return true }
        let bytes = move.encoded
        let outcome = bytes.withUnsafeBytes { try? socket.sendAvailable($0, descriptors: []) }
        return outcome == .completed(bytes.count)
    }
}
