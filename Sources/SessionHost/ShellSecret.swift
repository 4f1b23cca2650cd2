import Platform
import SystemPackage
import Wire

/// The secret of a shell's marks on its way to the shell: a pipe with one line in it, and nobody who writes more.
struct ShellSecret: ~Copyable {
    private let pipe: OwnedDescriptorBox?

    /// Writes the shell's start-up files. Where that fails, the shell starts as it would without marks.
    ///
    /// - Parameter isShared: whether the shell runs as another user, who has to read them.
    init(_ marks: ShellMarking?, isShared: Bool) {
        guard let marks else {
            pipe = nil
            return
        }
        do {
            for file in marks.files { try Self.write(file, below: marks.directory, isShared: isShared) }
            let ends = try Pipe.open()
            let line = Array("\(marks.secret)\n".utf8)
            _ = try line.withUnsafeBytes { try ends.writer.borrowed.writeAvailable($0) }
            pipe = OwnedDescriptorBox(ends.takeReader())
        } catch {
            Diagnostics.note("the shell gets no marks: \(error)")
            pipe = nil
        }
    }

    /// Whether the shell can be started so that it gives marks.
    var isThere: Bool { pipe != nil }

    var descriptors: [FileDescriptor] { pipe.map { [$0.borrowed] } ?? [] }

    private static func write(_ file: ShellMarking.File, below directory: String, isShared: Bool) throws {
        let path = FilePath(directory).appending(file.path)
        var folders = FilePath(directory)
        if isShared { try open(folders.removingLastComponent(), isShared: true) }
        try open(folders, isShared: isShared)
        for component in FilePath(file.path).components.dropLast() {
            folders = folders.appending(component)
            try open(folders, isShared: isShared)
        }
        let descriptor = OwnedDescriptor(
            taking: try FileDescriptor.open(
                path, .writeOnly, options: [.create, .truncate, .noFollow], permissions: .ownerReadWrite))
        if isShared { try descriptor.borrowed.setMode([.ownerReadWrite, .groupRead, .otherRead]) }
        _ = try descriptor.borrowed.writeAll(Array(file.contents.utf8))
    }

    private static func open(_ folder: FilePath, isShared: Bool) throws {
        _ = isShared ? try StateDirectory.openShared(folder.string) : try StateDirectory.open(folder.string)
    }
}
