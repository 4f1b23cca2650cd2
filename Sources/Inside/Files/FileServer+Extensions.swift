import Glibc
import Wire

/// What OpenSSH's clients ask for beyond the draft (OpenSSH, PROTOCOL, section 4).
extension FileServer {
    static let extensions = [
        ("posix-rename@openssh.com", "1"), ("statvfs@openssh.com", "2"), ("fstatvfs@openssh.com", "2"),
        ("hardlink@openssh.com", "1"), ("fsync@openssh.com", "1"), ("lsetstat@openssh.com", "1"),
        ("limits@openssh.com", "1"), ("expand-path@openssh.com", "1"),
    ]

    func extended(_ id: UInt32, _ reader: inout SFTPReader) throws(SFTPMalformed) {
        let name = String(decoding: try reader.chunk(), as: UTF8.self)
        switch name {
        case "posix-rename@openssh.com": rename(id, try reader.path(), to: try reader.path(), replaces: true)
        case "hardlink@openssh.com": makeLink(id, to: try reader.path(), at: try reader.path(), isSymbolic: false)
        case "lsetstat@openssh.com": change(id, try reader.path(), try reader.attributes(), followsLinks: false)
        case "expand-path@openssh.com": resolve(id, expanded(try reader.path()))
        case "statvfs@openssh.com":
            var found = VolumeStat()
            let path = try reader.path()
            path.withCString { statvfs($0, &found) } == 0 ? tell(id, found) : failed(id)
        case "fstatvfs@openssh.com":
            var found = VolumeStat()
            guard let descriptor = try descriptor(id, &reader) else { return }
            fstatvfs(descriptor, &found) == 0 ? tell(id, found) : failed(id)
        case "fsync@openssh.com":
            guard let file = try file(id, &reader) else { return }
            fsync(file.descriptor) == 0 ? status(id, .ok) : failed(id)
        case "limits@openssh.com":
            output.packet(.extended, id) { writer in
                for limit in [SFTP.packetLimit, SFTP.readLimit, SFTP.readLimit, 1_000] { writer.put(UInt64(limit)) }
            }
        default: status(id, .unsupported, "there is no extension of that name")
        }
    }

    /// `~` and `~/…` are this user's home; no other's is looked up.
    private func expanded(_ path: FilePathBytes) -> FilePathBytes {
        let tilde = UInt8(ascii: "~")
        guard path.bytes.first == tilde, path.bytes.count == 1 || path.bytes[1] == UInt8(ascii: "/"),
            let home = getenv("HOME")
        else { return path }
        return FilePathBytes(Array(String(cString: home).utf8) + path.bytes.dropFirst())
    }

    private func tell(_ id: UInt32, _ found: VolumeStat) {
        output.packet(.extended, id) { writer in
            for number in [
                UInt64(found.f_bsize), UInt64(found.f_frsize), UInt64(found.f_blocks), UInt64(found.f_bfree),
                UInt64(found.f_bavail), UInt64(found.f_files), UInt64(found.f_ffree), UInt64(found.f_favail),
                UInt64(found.f_fsid), UInt64(found.f_flag) & 3, UInt64(found.f_namemax),
            ] { writer.put(number) }
        }
    }
}
