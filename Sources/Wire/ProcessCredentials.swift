/// Whom all processes of a session run as, in numbers: names may mean somebody else by the time they start.
package struct ProcessCredentials: Hashable, Sendable {
    package var user: UInt32
    package var group: UInt32
    /// All groups that the user is in.
    package var groups: [UInt32]

    package init(user: UInt32, group: UInt32, groups: [UInt32]) {
        self.user = user
        self.group = group
        self.groups = groups
    }
}

extension ByteWriter {
    mutating func put(_ credentials: ProcessCredentials) {
        put(credentials.user)
        put(credentials.group)
        put(credentials.groups) { $0.put($1) }
    }
}

extension ByteReader {
    mutating func processCredentials() throws(WireError) -> ProcessCredentials {
        ProcessCredentials(
            user: try number(), group: try number(),
            groups: try list { (reader) throws(WireError) in try reader.number() })
    }
}
