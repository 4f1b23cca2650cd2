/// The options before a key in an `authorized_keys` line.
package struct KeyOptions: Hashable, Sendable {
    package private(set) var limits = KeyLimits()
    package private(set) var sources: AddressPatterns?
    /// The operator who answers for an agent's key.
    package private(set) var owner: String?
    private var given: Set<String> = []

    package init() {}

    /// Reads options up to the blank that ends them, and leaves the rest of the line in `line`.
    ///
    /// `localTime` says when a time of the server's own time zone is, in seconds since 1970.
    package init(
        consuming line: inout ArraySlice<UInt8>, localTime: (CivilTime) -> Int64?
    ) throws(KeyLineError) {
        while true {
            let name = String(decoding: line.prefix { Self.isNameByte($0) }, as: UTF8.self)
            guard !name.isEmpty else {
                throw KeyLineError("an option or a key type is expected at \(Self.shown(line))")
            }
            line = line.dropFirst(name.utf8.count)
            let value = try Self.value(of: name, in: &line)
            try take(name.lowercased(), value, localTime: localTime)
            guard let separator = line.first else { throw KeyLineError("there is no key after the options") }
            line = line.dropFirst()
            if separator == 0x20 || separator == 0x09 { return }
            guard separator == 0x2C else { throw KeyLineError("option \(name.quoted) is followed by something odd") }
        }
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) || byte == 0x2D
            || byte == 0x40 || byte == 0x2E || byte == 0x5F
    }

    private static func shown(_ line: ArraySlice<UInt8>) -> String {
        String(decoding: line.prefix(16), as: UTF8.self).quoted
    }

    /// The text in quotes after `=`, where there is one; `\"` in it is a quote.
    private static func value(of name: String, in line: inout ArraySlice<UInt8>) throws(KeyLineError) -> String? {
        guard line.first == 0x3D else { return nil }
        guard line.dropFirst().first == 0x22 else { throw KeyLineError("the value of \(name)= must be in quotes") }
        line = line.dropFirst(2)
        var text: [UInt8] = []
        while let byte = line.first {
            line = line.dropFirst()
            if byte == 0x22 { return String(decoding: text, as: UTF8.self) }
            if byte == 0x5C, line.first == 0x22 {
                line = line.dropFirst()
                text.append(0x22)
            } else {
                text.append(byte)
            }
        }
        throw KeyLineError("the value of \(name)= has no closing quote")
    }

    private mutating func take(
        _ name: String, _ value: String?, localTime: (CivilTime) -> Int64?
    ) throws(KeyLineError) {
        if let value {
            guard given.insert(name).inserted || name == "expiry-time" else {
                throw KeyLineError("option \(name)= is given twice")
            }
            try take(name, value: value, localTime: localTime)
        } else {
            try take(flag: name)
        }
    }

    private mutating func take(flag name: String) throws(KeyLineError) {
        switch name {
        case "restrict":
            limits.allowsTerminal = false
            limits.allowsPortForwarding = false
        case "pty": limits.allowsTerminal = true
        case "no-pty": limits.allowsTerminal = false
        case "port-forwarding": limits.allowsPortForwarding = true
        case "no-port-forwarding": limits.allowsPortForwarding = false
        // Refused for every key, so these change nothing; nor is a FIDO key's touch ever demanded.
        case "no-agent-forwarding", "agent-forwarding", "no-x11-forwarding", "x11-forwarding", "no-user-rc", "user-rc",
            "no-touch-required":
            break
        case "from", "expiry-time", "role", "sessions", "owner":
            throw KeyLineError("option \(name) needs a value: \(name)=\"…\"")
        default: throw Self.refusal(of: name)
        }
    }

    private mutating func take(
        _ name: String, value: String, localTime: (CivilTime) -> Int64?
    ) throws(KeyLineError) {
        switch name {
        case "from": sources = try AddressPatterns(value)
        case "expiry-time":
            let expiry = try Self.expiry(value, localTime: localTime)
            limits.expiresAt = min(expiry, limits.expiresAt ?? expiry)
        case "role":
            guard let role = Role(name: value) else {
                throw KeyLineError("role=\(value.quoted) is none of observer, agent, operator, lead")
            }
            limits.role = role
        case "sessions": limits.sessions = try Self.globs(value)
        case "owner":
            guard OperatorName.isValid(value) else { throw KeyLineError("owner=\(value.quoted) is no operator's name") }
            owner = value
        case "restrict", "pty", "no-pty", "port-forwarding", "no-port-forwarding", "no-agent-forwarding",
            "agent-forwarding", "no-x11-forwarding", "x11-forwarding", "no-user-rc", "user-rc", "no-touch-required":
            throw KeyLineError("option \(name) takes no value")
        default: throw Self.refusal(of: name)
        }
    }

    private static func refusal(of name: String) -> KeyLineError {
        switch name {
        case "command", "permitopen", "permitlisten", "cert-authority", "principals", "environment", "tunnel",
            "verify-required":
            KeyLineError("option \(name) is not enforced here, so the line admits nobody")
        default: KeyLineError("\(name.quoted) is no option that cmdop knows, nor a key type")
        }
    }

    private static func globs(_ list: String) throws(KeyLineError) -> [Glob] {
        var globs: [Glob] = []
        for part in list.split(separator: ",", omittingEmptySubsequences: false) {
            guard let glob = Glob(String(part)) else {
                throw KeyLineError("sessions= has \(part.quoted), which matches no session's name")
            }
            globs.append(glob)
        }
        return globs
    }

    /// `YYYYMMDD[HHMM[SS]]`, local time unless a `Z` follows.
    private static func expiry(_ text: String, localTime: (CivilTime) -> Int64?) throws(KeyLineError) -> Int64 {
        let isUTC = text.hasSuffix("Z")
        guard let time = CivilTime(digits: Array(text.utf8.dropLast(isUTC ? 1 : 0))),
            let seconds = isUTC ? time.secondsInUTC : localTime(time)
        else { throw KeyLineError("expiry-time=\(text.quoted) is no time of the form YYYYMMDD[HHMM[SS]][Z]") }
        return seconds
    }
}
