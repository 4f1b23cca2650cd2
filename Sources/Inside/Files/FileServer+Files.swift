import Glibc
import Wire

/// Files: opened, read, written.
extension FileServer {
    func open(_ id: UInt32, _ reader: inout SFTPReader) throws(SFTPMalformed) {
        let path = try reader.path()
        let wanted = try reader.number(UInt32.self)
        let attributes = try reader.attributes()
        // A pipe that nobody writes to must not hold up everything else.
        var flags = O_CLOEXEC | O_NOCTTY | O_NONBLOCK
        let writes = wanted & (SFTP.OpenFlag.write | SFTP.OpenFlag.append) != 0
        flags |= writes ? (wanted & SFTP.OpenFlag.read != 0 ? O_RDWR : O_WRONLY) : O_RDONLY
        if wanted & SFTP.OpenFlag.append != 0 { flags |= O_APPEND }
        if wanted & SFTP.OpenFlag.create != 0 { flags |= O_CREAT }
        if wanted & SFTP.OpenFlag.truncate != 0 { flags |= O_TRUNC }
        if wanted & SFTP.OpenFlag.exclusive != 0 { flags |= O_EXCL }
        let mode = attributes.mode.map { $0 & 0o7777 } ?? 0o666
        let descriptor = path.withCString { Glibc.open($0, flags, mode) }
        guard descriptor >= 0 else { return failed(id) }
        let isMade = writes && wanted & (SFTP.OpenFlag.create | SFTP.OpenFlag.truncate) != 0
        add(id, .file(OpenFile(descriptor: descriptor, path: path, isMade: isMade)))
    }

    func read(_ id: UInt32, _ reader: inout SFTPReader) throws(SFTPMalformed) {
        guard let file = try file(id, &reader) else { return }
        let offset = try reader.number(UInt64.self)
        let limit = min(Int(try reader.number(UInt32.self)), SFTP.readLimit)
        guard limit > 0 else { return status(id, .failure, "nothing is to be read") }
        let place = off_t(clamping: offset)
        let count = output.data(id, limit: limit) { room in
            while true {
                let count = pread(file.descriptor, room.baseAddress, limit, place)
                if count < 0, errno == EINTR { continue }
                return count
            }
        }
        if count < 0 { return failed(id) }
        if count == 0 { return status(id, .endOfFile) }
        file.bytesRead &+= UInt64(count)
    }

    func write(_ id: UInt32, _ reader: inout SFTPReader) throws(SFTPMalformed) {
        guard let file = try file(id, &reader) else { return }
        var place = off_t(clamping: try reader.number(UInt64.self))
        var rest = try reader.chunk()
        while !rest.isEmpty {
            let count = pwrite(file.descriptor, rest.baseAddress, rest.count, place)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return failed(id) }
            file.bytesWritten &+= UInt64(count)
            place += count
            rest = UnsafeRawBufferPointer(rebasing: rest[count...])
        }
        status(id, .ok)
    }

    func statHandle(_ id: UInt32, _ reader: inout SFTPReader) throws(SFTPMalformed) {
        guard let descriptor = try descriptor(id, &reader) else { return }
        var found = FileStat()
        guard fstat(descriptor, &found) == 0 else { return failed(id) }
        tell(id, FileAttributes(found))
    }

    func fsetstat(_ id: UInt32, _ reader: inout SFTPReader) throws(SFTPMalformed) {
        guard let file = try file(id, &reader) else { return }
        try reader.attributes().apply(to: file.descriptor) ? status(id, .ok) : failed(id)
    }

    func stat(_ id: UInt32, _ path: FilePathBytes, followsLinks: Bool) {
        guard let found = Self.status(of: path, followsLinks: followsLinks) else { return failed(id) }
        tell(id, FileAttributes(found))
    }

    func tell(_ id: UInt32, _ attributes: FileAttributes) {
        output.packet(.attributes, id) { attributes.write(to: &$0) }
    }

    static func status(of path: FilePathBytes, followsLinks: Bool) -> FileStat? {
        var found = FileStat()
        let flags = followsLinks ? 0 : CInt(AT_SYMLINK_NOFOLLOW)
        let result = path.withCString { fstatat(AT_FDCWD, $0, &found, flags) }
        return result == 0 ? found : nil
    }

    /// The open file that the request names; answers where there is none.
    func file(_ id: UInt32, _ reader: inout SFTPReader) throws(SFTPMalformed) -> OpenFile? {
        guard let (_, handle) = try handle(&reader), case .file(let file) = handle else {
            status(id, .failure, "there is no such open file")
            return nil
        }
        return file
    }

    func descriptor(_ id: UInt32, _ reader: inout SFTPReader) throws(SFTPMalformed) -> CInt? {
        switch try handle(&reader)?.handle {
        case .file(let file): return file.descriptor
        case .directory(let directory): return directory.descriptor
        case nil:
            status(id, .failure, "there is no such handle")
            return nil
        }
    }
}
