/// Names of images.
package enum ImageName {
    /// What Podman would take for a place elsewhere than in a registry: a file of this machine, say
    /// (containers-transports(5)).
    private static let transports: Set = [
        "atomic", "containers-storage", "dir", "docker", "docker-archive", "docker-daemon", "oci", "oci-archive",
        "ostree", "sif", "tarball",
    ]

    /// Whether it is a name and nothing else: `[HOST[:PORT]/]PATH[:TAG][@DIGEST]`.
    package static func isOfRegistry(_ name: String) -> Bool {
        let isPlain = name.utf8.allSatisfy { byte in
            byte < 0x80 && (Character(Unicode.Scalar(byte)).isLetter || Character(Unicode.Scalar(byte)).isNumber)
                || "._-/:@".utf8.contains(byte)
        }
        guard isPlain, let first = name.first, first.isLetter || first.isNumber, name.utf8.count < 512 else {
            return false
        }
        let parts = name.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.allSatisfy({ !$0.isEmpty && $0 != "." && $0 != ".." }) else { return false }
        guard let colon = name.firstIndex(of: ":") else { return true }
        // What stands before a colon and a slash is a host with its port.
        let rest = name[name.index(after: colon)...]
        let port = rest.prefix { $0 != "/" }
        let isPort = !port.isEmpty && port.allSatisfy(\.isNumber)
        return !transports.contains(String(name[..<colon])) && (!rest.contains("/") || isPort)
    }
}
