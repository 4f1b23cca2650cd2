import Platform

/// The paths of this machine that a container mounts from held places, which are all that podman knows of them.
enum MountedPaths {
    private static let file = "mounts"
    /// Of the container that a rebuild set aside.
    private static let old = "mounts.old"

    static func note(_ paths: [String], in directory: borrowing StateDirectory) throws(PreparationFailure) {
        try write(paths, to: file, in: directory)
    }

    static func noted(in directory: borrowing StateDirectory) -> [String] { paths(of: file, in: directory) ?? [] }

    static func setAside(in directory: borrowing StateDirectory) throws(PreparationFailure) {
        try write(noted(in: directory), to: old, in: directory)
    }

    static func putBack(in directory: borrowing StateDirectory) throws(PreparationFailure) {
        if let paths = paths(of: old, in: directory) { try note(paths, in: directory) }
    }

    static func drop(in directory: borrowing StateDirectory) { directory.remove(old) }

    private static func paths(of file: String, in directory: borrowing StateDirectory) -> [String]? {
        SmallFile.read("\(directory.path)/\(file)").map { bytes in
            bytes.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
        }
    }

    private static func write(
        _ paths: [String], to file: String, in directory: borrowing StateDirectory
    ) throws(PreparationFailure) {
        guard directory.write(paths.map { "\($0)\0" }.joined(), to: file) else {
            throw PreparationFailure("can not write \(directory.path)/\(file): is the disk full?")
        }
    }
}
