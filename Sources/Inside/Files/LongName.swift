import Glibc
import Platform

/// A file as `ls -l` shows it, which clients print as it comes.
struct LongName {
    private let users = Self.names(in: "/etc/passwd")
    private let groups = Self.names(in: "/etc/group")

    func text(of name: [UInt8], _ status: FileStat) -> [UInt8] {
        let user = users[status.st_uid] ?? "\(status.st_uid)"
        let group = groups[status.st_gid] ?? "\(status.st_gid)"
        let words = [
            Self.mode(status.st_mode), Self.padded("\(status.st_nlink)", to: 4, isRight: true),
            Self.padded(user, to: 8), Self.padded(group, to: 8), Self.padded("\(status.st_size)", to: 8, isRight: true),
            Self.time(status.st_mtim.tv_sec),
        ]
        return Array(words.joined(separator: " ").utf8) + [0x20] + name
    }

    private static func padded(_ text: String, to width: Int, isRight: Bool = false) -> String {
        let room = String(repeating: " ", count: max(0, width - text.utf8.count))
        return isRight ? room + text : text + room
    }

    private static func mode(_ mode: mode_t) -> String {
        let kinds: [mode_t: String] = [
            S_IFDIR: "d", S_IFLNK: "l", S_IFCHR: "c", S_IFBLK: "b", S_IFIFO: "p", S_IFSOCK: "s",
        ]
        var text = kinds[mode & S_IFMT] ?? "-"
        for (shift, special, letter) in [(6, mode_t(0o4000), "s"), (3, 0o2000, "s"), (0, 0o1000, "t")] {
            let bits = mode >> mode_t(shift) & 7
            let isSpecial = mode & special != 0
            text += bits & 4 != 0 ? "r" : "-"
            text += bits & 2 != 0 ? "w" : "-"
            text += isSpecial ? (bits & 1 != 0 ? letter : letter.uppercased()) : bits & 1 != 0 ? "x" : "-"
        }
        return text
    }

    /// The year where it is not of the last half.
    private static func time(_ seconds: time_t) -> String {
        var seconds = seconds
        var parts = tm()
        guard localtime_r(&seconds, &parts) != nil else { return "\(seconds)" }
        let isRecent = abs(Glibc.time(nil) - seconds) < 182 * 86_400
        var room = [CChar](repeating: 0, count: 32)
        let count = strftime(&room, room.count, isRecent ? "%b %e %H:%M" : "%b %e  %Y", &parts)
        return String(decoding: room.prefix(count).map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    /// From the file itself: a container may have no library that asks elsewhere.
    private static func names(in file: String) -> [UInt32: String] {
        guard let bytes = SmallFile.read(file) else { return [:] }
        var names: [UInt32: String] = [:]
        for line in bytes.split(separator: 0x0A) {
            let fields = line.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
            guard fields.count > 2, let number = UInt32(String(decoding: fields[2], as: UTF8.self)) else { continue }
            if names[number] == nil { names[number] = String(decoding: fields[0], as: UTF8.self) }
        }
        return names
    }
}
