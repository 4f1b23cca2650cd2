import Platform

/// Where Podman keeps what is to be gone after a restart of the machine, for a user who is not root. Podman's own way
/// of finding it, so that the user's `podman ps` shows the same containers.
enum RuntimeDirectory {
    /// - Parameter given: what the server was told (`XDG_RUNTIME_DIR`).
    static func find(given: String?) throws(PreparationFailure) -> String {
        let user = ThisProgram.user
        for path in [given, "/run/user/\(user)"].compactMap(\.self) where isOurs(path) { return path }
        do {
            return try StateDirectory.open("/tmp/podman-run-\(user)").path
        } catch {
            throw PreparationFailure("Podman has no directory for what runs: \(error), or set XDG_RUNTIME_DIR")
        }
    }

    private static func isOurs(_ path: String) -> Bool {
        guard FileStatus.isDirectory(path) else { return false }
        return (try? StateDirectory.open(path)) != nil
    }
}
