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
