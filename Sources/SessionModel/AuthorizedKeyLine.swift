/// A key, what limits it, and the note beside it: one line of an `authorized_keys` file (sshd(8)).
package struct AuthorizedKeyLine: Hashable, Sendable {
    package let options: KeyOptions
    package let key: OfferedKey
    package let comment: String

    /// The longest line that is read, in bytes.
    package static let longest = 16 * 1_024

    /// The kinds of key that are accepted.
    package static let acceptedTypes = [
        "ssh-ed25519", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521", "ssh-rsa",
        "sk-ssh-ed25519@openssh.com", "sk-ecdsa-sha2-nistp256@openssh.com",
    ]

    /// Reads one line, without its line feed; nil for a blank line or a comment.
    ///
    /// `offeredKey` judges a key's type and base64 text. `localTime` says when a time of the server's own time zone is,
    /// in seconds since 1970.
    package init?(
        _ line: some Collection<UInt8>, localTime: (CivilTime) -> Int64?,
        offeredKey: (_ type: String, _ base64: String) throws -> OfferedKey
    ) throws(KeyLineError) {
        var rest = Array(line.prefix(Self.longest + 1))[...]
        try Self.checkBytes(rest)
        Self.skipBlanks(&rest)
        guard let first = rest.first, first != 0x23 else { return nil }
        var options = KeyOptions()
        if !Self.isKeyType(Self.peekWord(rest)) {
            options = try KeyOptions(consuming: &rest, localTime: localTime)
            Self.skipBlanks(&rest)
        }
        let type = Self.takeWord(&rest)
        guard !type.isEmpty else { throw KeyLineError("there is no key after the options") }
        guard Self.acceptedTypes.contains(type) else {
            throw KeyLineError("keys of type \(type.quoted) are not accepted")
        }
        let base64 = Self.takeWord(&rest)
        guard !base64.isEmpty else { throw KeyLineError("there is no key after \(type)") }
        do {
            key = try offeredKey(type, base64)
        } catch {
            throw KeyLineError("the key can not be used: \(error)")
        }
        self.options = options
        comment = String(decoding: rest, as: UTF8.self)
    }

    private static func checkBytes(_ line: ArraySlice<UInt8>) throws(KeyLineError) {
        guard line.count <= longest else { throw KeyLineError("the line is longer than \(longest) bytes") }
        guard !line.contains(0x00) else { throw KeyLineError("the line has a NUL byte in it") }
        guard !line.contains(0x0D) else {
            throw KeyLineError("the line has a carriage return in it: save the file with Unix line ends")
        }
        guard !line.contains(where: { $0 < 0x20 && $0 != 0x09 || $0 == 0x7F }) else {
            throw KeyLineError("the line has a control character in it")
        }
        guard String(validating: line, as: UTF8.self) != nil else { throw KeyLineError("the line is not UTF-8") }
    }

    /// Whether the word names a kind of key, accepted or not, rather than an option.
    private static func isKeyType(_ word: String) -> Bool {
        acceptedTypes.contains(word)
            || !word.contains("=") && !word.contains(",")
                && ["ssh-", "ecdsa-sha2-", "sk-", "rsa-sha2-", "webauthn-"].contains { word.hasPrefix($0) }
    }

    private static func skipBlanks(_ line: inout ArraySlice<UInt8>) {
        line = line.drop { $0 == 0x20 || $0 == 0x09 }
    }

    private static func peekWord(_ line: ArraySlice<UInt8>) -> String {
        String(decoding: line.prefix { $0 != 0x20 && $0 != 0x09 }, as: UTF8.self)
    }

    private static func takeWord(_ line: inout ArraySlice<UInt8>) -> String {
        let word = peekWord(line)
        line = line.dropFirst(word.utf8.count)
        skipBlanks(&line)
        return word
    }
}
