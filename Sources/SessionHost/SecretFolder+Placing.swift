import Platform
import SystemPackage
import Wire

extension SecretFolder {
    /// Readable for whom the session's processes run as, and for nobody to change.
    func place(for credentials: ProcessCredentials?) throws(LaunchFailure) {
        do {
            _ = try StateDirectory.openShared(FilePath(directory).removingLastComponent().string)
            try ReadableFiles.place(
                files.map { ($0.name, Array($0.value.utf8)) }, in: directory,
                for: credentials.map { ReadableFiles.Reader(user: $0.user, group: $0.group) })
        } catch {
            throw LaunchFailure(description: "the secrets can not be put in place: \(error)")
        }
    }

    func remove() { ReadableFiles.remove(directory) }
}
