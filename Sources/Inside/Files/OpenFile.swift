import Glibc
import Wire

/// A file that a client has open, and what it did with it.
final class OpenFile {
    let descriptor: CInt
    let path: FilePathBytes
    /// Whether opening it made it, or emptied it.
    let isMade: Bool
    var bytesRead: UInt64 = 0
    var bytesWritten: UInt64 = 0

    init(descriptor: CInt, path: FilePathBytes, isMade: Bool) {
        self.descriptor = descriptor
        self.path = path
        self.isMade = isMade
    }

    /// What is to be told when it is closed.
    var move: FileMove? {
        if bytesWritten > 0 || isMade { return FileMove(.written, path: path.bytes, bytes: bytesWritten) }
        return bytesRead > 0 ? FileMove(.read, path: path.bytes, bytes: bytesRead) : nil
    }

    func close() -> Bool { Glibc.close(descriptor) == 0 }
}

/// A directory whose names a client reads.
final class OpenDirectory {
    private let stream: OpaquePointer

    init(stream: OpaquePointer) { self.stream = stream }

    var descriptor: CInt { dirfd(stream) }

    func next() -> [UInt8]? {
        guard let entry = readdir(stream) else { return nil }
        return withUnsafeBytes(of: &entry.pointee.d_name) { Array($0.prefix { $0 != 0 }) }
    }

    func close() { closedir(stream) }
}
