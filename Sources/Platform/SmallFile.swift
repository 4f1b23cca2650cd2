private import CLinux
private import Glibc
import SystemPackage

/// A file that is read whole.
package enum SmallFile {
    /// Bytes; nothing that people write by hand is longer.
    package static let limit = 1 << 20

    /// Its bytes; `nil` where there is none that can be read, or it is longer than the limit.
    package static func read(_ path: String) -> [UInt8]? {
        read(from: open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK))
    }

    /// Likewise, of an absolute path no part of which may be a link.
    package static func readWithoutLinks(_ path: String) -> [UInt8]? {
        read(from: clinux_open_without_links(path, 1))
    }

    private static func read(from fd: CInt) -> [UInt8]? {
        guard fd >= 0 else { return nil }
        let file = OwnedDescriptor(taking: FileDescriptor(rawValue: fd))
        var bytes: [UInt8] = []
        var room = [UInt8](repeating: 0, count: 64 * 1_024)
        while bytes.count <= limit {
            // Not as of a terminal, of which EIO is the end: a file that fails in the middle has not been read.
            let count = room.withUnsafeMutableBytes { Glibc.read(file.borrowed.rawValue, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { return nil }
            guard count > 0 else { return bytes }
            bytes += room[..<count]
        }
        return nil
    }
}
