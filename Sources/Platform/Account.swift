private import Glibc

/// A user of this machine, as the password database has them (getpwuid(3)).
package struct Account: Hashable, Sendable {
    package let name: String
    package let home: String
    package let isRoot: Bool
    package let user: UInt32
    /// The one that the user's files belong to.
    package let group: UInt32

    /// Whom this process runs as.
    package static var current: Account { of(geteuid()) }

    /// `nil` for a name that the database does not have.
    package static func named(_ name: String) -> Account? {
        lookUp { getpwnam_r(name, $0, $1, $2, $3) }.map(Account.init)
    }

    /// All groups that the user is in (getgrouplist(3)).
    package var groups: [UInt32] {
        var count: CInt = 256
        while count <= 65_536 {
            var groups = [gid_t](repeating: 0, count: Int(count))
            let room = count
            if getgrouplist(name, group, &groups, &count) >= 0 { return Array(groups.prefix(Int(count))) }
            count = max(count, room * 2)
        }
        return [group]
    }

    /// Whether the password database has a user of this name or, in decimal, of this number.
    package static func exists(_ user: String) -> Bool {
        lookUp { getpwnam_r(user, $0, $1, $2, $3) } != nil
            || UInt32(user).map { uid in lookUp { getpwuid_r(uid, $0, $1, $2, $3) } != nil } == true
    }

    /// The user of a number; one that the database does not have is called by it.
    package static func of(_ uid: UInt32) -> Account {
        lookUp { getpwuid_r(uid, $0, $1, $2, $3) }.map(Account.init)
            ?? Account(name: "\(uid)", home: "/", user: uid, group: getegid())
    }

    private struct Entry {
        var name: String
        var home: String
        var user: UInt32
        var group: UInt32
    }

    private init(_ entry: Entry) {
        self.init(name: entry.name, home: entry.home, user: entry.user, group: entry.group)
    }

    private typealias Lookup = (
        UnsafeMutablePointer<passwd>, UnsafeMutablePointer<CChar>, Int,
        UnsafeMutablePointer<UnsafeMutablePointer<passwd>?>
    ) -> CInt

    private static func lookUp(_ call: Lookup) -> Entry? {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 16 * 1_024) { room in
            var entry = passwd()
            var found: UnsafeMutablePointer<passwd>?
            guard let start = room.baseAddress, call(&entry, start, room.count, &found) == 0, found != nil else {
                return nil
            }
            return Entry(
                name: String(cString: entry.pw_name), home: String(cString: entry.pw_dir), user: entry.pw_uid,
                group: entry.pw_gid)
        }
    }

    package init(name: String, home: String, user: UInt32, group: UInt32) {
        self.name = name
        self.home = home
        self.user = user
        self.group = group
        isRoot = user == 0
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
