/// What an SSH user name asks for: a session or the lobby, and how.
///
/// The form is `NAME(+option)*`; a space is a `+`, because URLs send it so.
package struct SessionAddress: Hashable, Sendable {
    package enum Place: Hashable, Sendable {
        case lobby
        case session(SessionName)
    }

    package let place: Place
    /// Only watch, whatever the role.
    package private(set) var isObserving = false
    /// Play the session's record instead of attaching.
    package private(set) var isReplaying = false
    /// The environment to start the session in, if it has to be started.
    package private(set) var environment: String?

    package init(userName: String) throws(SessionAddressError) {
        guard userName.utf8.count <= Self.longest else { throw .tooLong }
        let parts = userName.utf8.split(omittingEmptySubsequences: false) { $0 == 0x2B || $0 == 0x20 }
            .map { String($0) ?? "" }
        let options = parts.dropFirst()
        switch parts.first ?? "" {
        case "cmdop":
            guard options.isEmpty else { throw .optionsInLobby }
            place = .lobby
        case let text:
            guard let name = SessionName(text) else { throw .malformedName }
            place = .session(name)
        }
        var seen: Set<String> = []
        for option in options { try take(option, seen: &seen) }
    }

    /// Reads the subsystem form `cmdop-session:NAME(+option)*`; nil for any other subsystem.
    package init?(subsystem: String) throws(SessionAddressError) {
        let prefix = "cmdop-session:"
        guard subsystem.utf8.starts(with: prefix.utf8) else { return nil }
        try self.init(userName: String(subsystem.dropFirst(prefix.count)))
        guard case .session = place else { throw .malformedName }
    }

    /// The session, where one is named.
    package var session: SessionName? {
        guard case .session(let name) = place else { return nil }
        return name
    }

    /// Whether the text can name an environment: `[a-z0-9._-]+`, at most 63 bytes.
    package static func isOptionValue(_ text: String) -> Bool {
        (1...63).contains(text.utf8.count)
            && text.utf8.allSatisfy {
                (0x30...0x39).contains($0) || (0x61...0x7A).contains($0) || $0 == 0x2E || $0 == 0x5F || $0 == 0x2D
            }
    }

    /// The longest user name that is looked at, in bytes.
    private static let longest = 255

    private mutating func take(_ option: String, seen: inout Set<String>) throws(SessionAddressError) {
        let parts = option.utf8.split(separator: 0x3D, maxSplits: 1, omittingEmptySubsequences: false)
            .map { String($0) ?? "" }
        let name = parts.first ?? ""
        guard ["observe", "replay", "env"].contains(name) else {
            throw name.isEmpty ? .malformedOption : .unknownOption
        }
        guard seen.insert(name).inserted else { throw .repeatedOption(name) }
        switch (name, parts.dropFirst().first) {
        case ("observe", nil): isObserving = true
        case ("replay", nil): isReplaying = true
        case ("env", let value?) where Self.isOptionValue(value): environment = value
        default: throw .malformedOption
        }
    }
}

/// Why a user name is no address. For the log: to the client, all of these look like a session that is not there.
package enum SessionAddressError: Error, Hashable, Sendable {
    case tooLong
    case malformedName
    case malformedOption
    case unknownOption
    case repeatedOption(String)
    /// `cmdop` is the lobby, which takes no options.
    case optionsInLobby
}
