package import SystemPackage

/// The configuration's file, read again when it changed.
package struct ConfigurationFile: Sendable {
    /// What a look found.
    package enum Look: Hashable, Sendable {
        case whole([UInt8])
        /// Nobody knows what it says now.
        case unreadable(FileRefusal)
    }

    package let path: FilePath
    private var stamp: FileStamp?
    private var last: Look?

    package init(path: FilePath) { self.path = path }

    /// Reads the file, if it may have changed since the last look. Says whether somebody wrote it since then.
    package mutating func look() -> (look: Look, isChanged: Bool) {
        let found = try? FileStamp(path.string, followsLinks: true)
        let isChanged = found != stamp
        if !isChanged, let found, !found.isFresh(at: FileStamp.now), case .whole? = last, let last {
            return (last, false)
        }
        stamp = found
        let look: Look
        do throws(FileRefusal) {
            look = .whole(try RegularFile.read(path.string, limit: YAMLGuard.largest, followsLinks: true))
        } catch {
            look = .unreadable(error)
        }
        last = look
        return (look, isChanged)
    }
}
