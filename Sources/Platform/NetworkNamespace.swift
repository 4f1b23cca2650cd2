private import Glibc

/// Which network a process has (network_namespaces(7)).
package enum NetworkNamespace {
    /// SO_NETNS_COOKIE (socket(7)), which Glibc does not name.
    private static let cookieOption: CInt = 71

    /// A number that two processes of this machine share when they share their network; empty where the kernel, before
    /// Linux 5.14, does not say. Needs no `/proc`, which a container may not have.
    package static var current: String {
        let number = socket(AF_UNIX, CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard number >= 0 else { return "" }
        defer { close(number) }
        var cookie: UInt64 = 0
        var size = socklen_t(MemoryLayout<UInt64>.size)
        return getsockopt(number, SOL_SOCKET, cookieOption, &cookie, &size) == 0 ? String(cookie) : ""
    }
}
