private import Glibc

/// The user that this process runs as, as the password database has it (getpwuid(3)).
package struct Account: Hashable, Sendable {
    package let name: String
    package let home: String
    package let isRoot: Bool

    package static var current: Account { of(geteuid()) }

    /// Whether the password database has a user of this name or, in decimal, of this number.
    package static func exists(_ user: String) -> Bool {
        lookUp { getpwnam_r(user, $0, $1, $2, $3) } != nil
            || UInt32(user).map { uid in lookUp { getpwuid_r(uid, $0, $1, $2, $3) } != nil } == true
    }

    /// The user of a number; one that the database does not have is called by it.
    package static func of(_ uid: UInt32) -> Account {
        let found = lookUp { getpwuid_r(uid, $0, $1, $2, $3) }
        return Account(name: found?.name ?? "\(uid)", home: found?.home ?? "/", isRoot: uid == 0)
    }

    private typealias Lookup = (
        UnsafeMutablePointer<passwd>, UnsafeMutablePointer<CChar>, Int,
        UnsafeMutablePointer<UnsafeMutablePointer<passwd>?>
    ) -> CInt

    private static func lookUp(_ call: Lookup) -> (name: String, home: String)? {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 16 * 1_024) { room in
            var entry = passwd()
            var found: UnsafeMutablePointer<passwd>?
            guard let start = room.baseAddress, call(&entry, start, room.count, &found) == 0, found != nil else {
                return nil
            }
            return (String(cString: entry.pw_name), String(cString: entry.pw_dir))
        }
    }

    package init(name: String, home: String, isRoot: Bool) {
        self.name = name
        self.home = home
        self.isRoot = isRoot
    }
}

/// This machine.
package enum Machine {
    package static var processors: Int { max(1, sysconf(CInt(_SC_NPROCESSORS_ONLN))) }

    /// Bytes.
    package static var memory: UInt64 {
        UInt64(max(0, sysconf(CInt(_SC_PHYS_PAGES)))) * UInt64(max(0, sysconf(CInt(_SC_PAGESIZE))))
    }

    /// The host name up to its first dot.
    package static var name: String {
        var room = [CChar](repeating: 0, count: 256)
        guard gethostname(&room, room.count - 1) == 0 else { return "localhost" }
        let name = String(decoding: room.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
        return name.split(separator: ".").first.map(String.init) ?? "localhost"
    }
}
