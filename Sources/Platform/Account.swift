private import Glibc

/// The user that this process runs as, as the password database has it (getpwuid(3)).
package struct Account: Hashable, Sendable {
    package let name: String
    package let home: String
    package let isRoot: Bool

    package static var current: Account {
        let uid = geteuid()
        guard let entry = getpwuid(uid) else { return Account(name: "\(uid)", home: "/", isRoot: uid == 0) }
        return Account(
            name: String(cString: entry.pointee.pw_name), home: String(cString: entry.pointee.pw_dir), isRoot: uid == 0)
    }

    package init(name: String, home: String, isRoot: Bool) {
        self.name = name
        self.home = home
        self.isRoot = isRoot
    }
}

/// This machine, by name.
package enum Machine {
    /// The host name up to its first dot.
    package static var name: String {
        var room = [CChar](repeating: 0, count: 256)
        guard gethostname(&room, room.count - 1) == 0 else { return "localhost" }
        let name = String(decoding: room.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
        return name.split(separator: ".").first.map(String.init) ?? "localhost"
    }
}
