import Glibc
import Platform
import Wire

/// Names: directories, links, what is made, moved and removed.
extension FileServer {
    private static let namesPerReply = 128

    func openDirectory(_ id: UInt32, _ path: FilePathBytes) {
        guard let stream = path.withCString({ opendir($0) }) else { return failed(id) }
        add(id, .directory(OpenDirectory(stream: stream)))
    }

    func readDirectory(_ id: UInt32, _ reader: inout SFTPReader) throws(SFTPMalformed) {
        guard let (_, handle) = try handle(&reader), case .directory(let directory) = handle else {
            return status(id, .failure, "there is no such open directory")
        }
        var names: [(name: [UInt8], status: FileStat)] = []
        while names.count < Self.namesPerReply, let name = directory.next() {
            var found = FileStat()
            let result = FilePathBytes(name).withCString {
                fstatat(directory.descriptor, $0, &found, CInt(AT_SYMLINK_NOFOLLOW))
            }
            // One that is gone since is not there.
            if result == 0 { names.append((name, found)) }
        }
        guard !names.isEmpty else { return status(id, .endOfFile) }
        tell(id, names.map { ($0.name, longName.text(of: $0.name, $0.status), FileAttributes($0.status)) })
    }

    func tell(_ id: UInt32, _ names: [(name: [UInt8], long: [UInt8], attributes: FileAttributes)]) {
        output.packet(.name, id) { writer in
            writer.put(UInt32(names.count))
            for (name, long, attributes) in names {
                writer.put(name)
                writer.put(long)
                attributes.write(to: &writer)
            }
        }
    }

    func resolve(_ id: UInt32, _ path: FilePathBytes) {
        guard let found = path.resolved else { return failed(id) }
        tell(id, [(found.bytes, found.bytes, FileAttributes())])
    }

    func readLink(_ id: UInt32, _ path: FilePathBytes) {
        var room = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = path.withCString { readlink($0, &room, room.count) }
        guard count >= 0 else { return failed(id) }
        let target = room[..<count].map(UInt8.init(bitPattern:))
        tell(id, [(target, target, FileAttributes())])
    }

    func makeLink(_ id: UInt32, to target: FilePathBytes, at path: FilePathBytes, isSymbolic: Bool) {
        let result = target.withCString { target in
            path.withCString { isSymbolic ? symlink(target, $0) : link(target, $0) }
        }
        finish(id, result, FileMove(.linked, path: target.bytes, target: path.bytes))
    }

    func remove(_ id: UInt32, _ path: FilePathBytes) {
        finish(id, path.withCString { unlink($0) }, FileMove(.removed, path: path.bytes))
    }

    func removeDirectory(_ id: UInt32, _ path: FilePathBytes) {
        finish(id, path.withCString { rmdir($0) }, FileMove(.directoryRemoved, path: path.bytes))
    }

    func makeDirectory(_ id: UInt32, _ path: FilePathBytes, _ attributes: FileAttributes) {
        let mode = attributes.mode.map { $0 & 0o7777 } ?? 0o777
        finish(id, path.withCString { mkdir($0, mode) }, FileMove(.directoryMade, path: path.bytes))
    }

    /// Of the protocol itself a renaming replaces nothing.
    func rename(_ id: UInt32, _ path: FilePathBytes, to target: FilePathBytes, replaces: Bool) {
        let result = path.withCString { path in
            target.withCString { FileStatus.rename(path, to: $0, replaces: replaces) }
        }
        finish(id, result, FileMove(.renamed, path: path.bytes, target: target.bytes))
    }

    func change(_ id: UInt32, _ path: FilePathBytes, _ attributes: FileAttributes, followsLinks: Bool) {
        let result: CInt = attributes.apply(to: path, followsLinks: followsLinks) ? 0 : -1
        finish(id, result, FileMove(.changed, path: path.bytes))
    }

    private func finish(_ id: UInt32, _ result: CInt, _ move: FileMove) {
        guard result == 0 else { return failed(id) }
        report.tell(move)
        status(id, .ok)
    }
}
