private import CLinux
private import Glibc
package import SystemPackage

/// A new pipe: close-on-exec, blocking until somebody says otherwise.
package struct Pipe: ~Copyable {
    package let reader: OwnedDescriptor
    package let writer: OwnedDescriptor

    package static func open() throws(Errno) -> Pipe {
        var ends: (CInt, CInt) = (-1, -1)
        try checked(
            withUnsafeMutablePointer(to: &ends) {
                $0.withMemoryRebound(to: CInt.self, capacity: 2) { clinux_pipe($0) }
            })
        return Pipe(
            reader: OwnedDescriptor(taking: FileDescriptor(rawValue: ends.0)),
            writer: OwnedDescriptor(taking: FileDescriptor(rawValue: ends.1)))
    }

    package consuming func takeReader() -> OwnedDescriptor { reader }
    package consuming func takeWriter() -> OwnedDescriptor { writer }
}
