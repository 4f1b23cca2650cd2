private import Glibc
private import Platform
import SystemPackage

/// A regular file with one owner, written at its end and read whole.
struct OwnedFile: ~Copyable {
    private let descriptor: OwnedDescriptor

    init(_ descriptor: FileDescriptor) { self.descriptor = OwnedDescriptor(taking: descriptor) }

    static func open(_ path: String, _ flags: CInt) throws(Errno) -> FileDescriptor {
        FileDescriptor(rawValue: try checked(Glibc.open(path, flags, 0o600)))
    }

    var size: Int {
        var status = stat()
        return fstat(descriptor.borrowed.rawValue, &status) == 0 ? Int(status.st_size) : 0
    }

    /// How a segment is made: it must not be there, and it is read once more where its name is lost.
    static let newSegment = O_RDWR | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC | O_NOFOLLOW

    struct Status: Equatable {
        var size: Int
        /// Whether it still has a name.
        var isLinked: Bool
    }

    var status: Status {
        var status = stat()
        guard fstat(descriptor.borrowed.rawValue, &status) == 0 else { return Status(size: 0, isLinked: false) }
        return Status(size: Int(status.st_size), isLinked: status.st_nlink > 0)
    }

    /// Whether the path leads to this file.
    func isAt(_ path: String) -> Bool {
        var (own, there) = (stat(), stat())
        return fstat(descriptor.borrowed.rawValue, &own) == 0 && lstat(path, &there) == 0
            && own.st_ino == there.st_ino && own.st_dev == there.st_dev
    }

    /// Appends the file's first bytes to another.
    func copy(_ count: Int, to other: borrowing OwnedFile) throws(Errno) {
        var buffer = [UInt8](repeating: 0, count: 256 * 1_024)
        var offset = 0
        while offset < count {
            let got = pread(descriptor.borrowed.rawValue, &buffer, min(buffer.count, count - offset), off_t(offset))
            if got < 0, errno == EINTR { continue }
            guard got > 0 else { throw got == 0 ? .ioError : Errno(rawValue: errno) }
            try other.write(Array(buffer[..<got]))
            offset += got
        }
    }

    /// Gives the file a size, or says why that can not be.
    func cut(to size: Int) throws(Errno) {
        guard truncate(to: size) else { throw Errno(rawValue: errno) }
    }

    /// Whether the file has that size now.
    func truncate(to size: Int) -> Bool { ftruncate(descriptor.borrowed.rawValue, size) == 0 }

    /// Writes everything, or says why not.
    func write(_ bytes: [UInt8]) throws(Errno) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = try rest.withUnsafeBytes { buffer in
                Result { () throws(Errno) in try descriptor.borrowed.writeAvailable(buffer) }
            }.get()
            guard case .completed(let taken) = count, taken > 0 else { throw .noSpace }
            rest = rest.dropFirst(taken)
        }
    }

    func readAll() throws(Errno) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(size)
        var buffer = [UInt8](repeating: 0, count: 64 * 1_024)
        while true {
            let outcome = try buffer.withUnsafeMutableBytes { room in
                Result { () throws(Errno) in try descriptor.borrowed.readAvailable(into: room) }
            }.get()
            guard case .completed(let count) = outcome else { return bytes }
            bytes += buffer[..<count]
        }
    }
}
