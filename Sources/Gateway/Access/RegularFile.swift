private import Glibc
private import Platform
import SystemPackage

/// Why a file or directory is not used, as a sentence.
package struct FileRefusal: Error, Hashable, Sendable, CustomStringConvertible {
    package let sentence: String
    package init(_ sentence: String) { self.sentence = sentence }
    package var description: String { sentence }
}

/// Reads small files that others may have put in our way: nothing but regular ones, and never for ever.
enum RegularFile {
    /// Reads a file whole. The path is relative to the directory, where one is given.
    ///
    /// Opened without blocking, so that a FIFO or a device is refused rather than waited for.
    static func read(
        _ path: String, in directory: FileDescriptor? = nil, limit: Int, followsLinks: Bool
    ) throws(FileRefusal) -> [UInt8] {
        let flags = O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY | (followsLinks ? 0 : O_NOFOLLOW)
        let raw = openat(directory?.rawValue ?? AT_FDCWD, path, flags)
        guard raw >= 0 else {
            let failure = Errno(rawValue: errno)
            throw FileRefusal(
                failure == .tooManySymbolicLinkLevels && !followsLinks
                    ? "it is a symbolic link; only regular files are read" : "it can not be opened: \(failure)")
        }
        let file = OwnedDescriptor(taking: FileDescriptor(rawValue: raw))
        var status = stat()
        guard fstat(raw, &status) == 0 else { throw FileRefusal("it can not be looked at: \(Errno(rawValue: errno))") }
        guard status.st_mode & S_IFMT == S_IFREG else { throw FileRefusal("it is no regular file") }
        guard status.st_mode & S_IWOTH == 0 else {
            throw FileRefusal("everybody on this machine may write it, so it proves nothing: chmod o-w")
        }
        guard status.st_size <= limit else { throw FileRefusal("it is larger than \(limit) bytes") }
        return try contents(of: file.borrowed, limit: limit)
    }

    private static func contents(of file: FileDescriptor, limit: Int) throws(FileRefusal) -> [UInt8] {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 16 * 1_024)
        while true {
            let outcome = buffer.withUnsafeMutableBytes { room in
                Result { () throws(Errno) in try file.readAvailable(into: room) }
            }
            switch outcome {
            case .success(.completed(let count)): bytes += buffer[..<count]
            case .success(.endOfStream): return bytes
            case .success(.wouldBlock): throw FileRefusal("it can not be read at once")
            case .failure(let failure): throw FileRefusal("it can not be read: \(failure)")
            }
            guard bytes.count <= limit else { throw FileRefusal("it is larger than \(limit) bytes") }
        }
    }
}
