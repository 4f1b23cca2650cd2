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
            let outcome = room.withUnsafeMutableBytes { try? file.borrowed.readAvailable(into: $0) }
            switch outcome {
            case .completed(let count): bytes += room[..<count]
            case .endOfStream: return bytes
            case .wouldBlock, nil: return nil
            }
        }
        return nil
    }
}
