private import CLinux
private import Glibc
package import SystemPackage

/// An anonymous file, for handing much to a child without a pipe that fills.
package enum MemoryFile {
    /// A file that holds the bytes, positioned at its start.
    package static func holding(_ bytes: [UInt8]) throws(Errno) -> OwnedDescriptor {
        let file = OwnedDescriptor(taking: FileDescriptor(rawValue: try checked(clinux_memory_file("cmdop"))))
        let outcome = try bytes.withUnsafeBytes { buffer in
            Result { () throws(Errno) in try file.borrowed.writeAvailable(buffer) }
        }.get()
        guard outcome == .completed(bytes.count) else { throw .noMemory }
        guard lseek(file.borrowed.rawValue, 0, SEEK_SET) == 0 else { throw Errno(rawValue: errno) }
        return file
    }
}
