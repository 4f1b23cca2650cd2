private import Glibc
private import Platform
import SystemPackage

/// Why a file or directory is not used, as a sentence.
package struct FileRefusal: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is known of the file all the same.
    package enum Finding: Hashable, Sendable {
        /// There is none.
        case absent
        /// It is there, and is nothing that may be used.
        case refused
        /// Nobody knows what it says now: the look failed, not the file.
        case unreadable
        /// It was written while it was read.
        case changing
    }

    package let sentence: String
    package let finding: Finding

    package init(_ sentence: String, _ finding: Finding = .refused) {
        self.sentence = sentence
        self.finding = finding
    }

    /// What the kernel says against opening, listing or reading it, and what to do.
    init(_ what: String, _ failure: Errno) {
        switch failure {
        case .noSuchFileOrDirectory, .notDirectory: self.init("\(what): \(failure)", .absent)
        case .tooManySymbolicLinkLevels: self.init("it is a symbolic link; only regular files are read")
        case .noSuchAddressOrDevice: self.init("it is no regular file")
        case .tooManyOpenFiles:
            self.init("\(what): \(failure); raise the server's limit of open files (ulimit -n)", .unreadable)
        case .tooManyOpenFilesInSystem:
            self.init("\(what): \(failure); raise the machine's limit of open files (sysctl fs.file-max)", .unreadable)
        case .permissionDenied, .notPermitted:
            self.init("\(what): \(failure); let the server's user read it", .unreadable)
        default: self.init("\(what): \(failure); look at the disk or the network that it is on", .unreadable)
        }
    }

    package var description: String { sentence }
}

/// Reads small files that others may have put in our way: nothing but regular ones, and never for ever.
enum RegularFile {
    /// How often a file is read again that was written meanwhile.
    private static let mostReads = 3

    /// Reads a file whole, as it stood at one time. The path is relative to the directory, where one is given.
    ///
    /// Opened without blocking, so that a FIFO or a device is refused rather than waited for.
    static func read(
        _ path: String, in directory: FileDescriptor? = nil, limit: Int, followsLinks: Bool
    ) throws(FileRefusal) -> [UInt8] {
        let flags = O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY | (followsLinks ? 0 : O_NOFOLLOW)
        let raw = openat(directory?.rawValue ?? AT_FDCWD, path, flags)
        guard raw >= 0 else { throw FileRefusal("it can not be opened", Errno(rawValue: errno)) }
        let file = OwnedDescriptor(taking: FileDescriptor(rawValue: raw))
        for _ in 0..<mostReads {
            let before = try stamp(of: file.borrowed, limit: limit)
            let bytes = try contents(of: file.borrowed, limit: limit)
            let after = try stamp(of: file.borrowed, limit: limit)
            if before == after, after.size == bytes.count { return bytes }
        }
        throw FileRefusal("it changes while it is read", .changing)
    }

    private static func stamp(of file: FileDescriptor, limit: Int) throws(FileRefusal) -> FileStamp {
        let stamp: FileStamp
        do throws(Errno) {
            stamp = try FileStamp(file)
        } catch {
            throw FileRefusal("it can not be looked at", error)
        }
        guard stamp.isRegular else { throw FileRefusal("it is no regular file") }
        guard !stamp.isWritableByAll else {
            throw FileRefusal("everybody on this machine may write it, so it proves nothing: chmod o-w")
        }
        guard stamp.size <= limit else { throw tooLarge(limit) }
        return stamp
    }

    /// Not from where the last read ended: pread(2). What is read is bounded, whatever the file's size says.
    private static func contents(of file: FileDescriptor, limit: Int) throws(FileRefusal) -> [UInt8] {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 16 * 1_024)
        while true {
            let count = pread(file.rawValue, &buffer, buffer.count, off_t(bytes.count))
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw FileRefusal("it can not be read", Errno(rawValue: errno)) }
            guard count > 0 else { return bytes }
            bytes += buffer[..<count]
            guard bytes.count <= limit else { throw tooLarge(limit) }
        }
    }

    private static func tooLarge(_ limit: Int) -> FileRefusal {
        FileRefusal("it is larger than \(limit) bytes", .unreadable)
    }
}
