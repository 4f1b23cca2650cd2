private import Glibc

/// Which network a process has, as the kernel names it (namespaces(7)).
package enum NetworkNamespace {
    /// Such as `net:[4026531840]`; empty where the kernel does not say.
    package static var current: String {
        var room = [UInt8](repeating: 0, count: 64)
        let count = room.withUnsafeMutableBytes { bytes in
            bytes.withMemoryRebound(to: CChar.self) { characters in
                characters.baseAddress.map { readlink("/proc/self/ns/net", $0, characters.count) } ?? 0
            }
        }
        return String(decoding: room.prefix(max(0, count)), as: UTF8.self)
    }
}
