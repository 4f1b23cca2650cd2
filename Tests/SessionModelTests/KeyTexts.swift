import SessionModel

/// Keys for tests: what follows the type stands for itself, and words that begin with `bad` are no keys.
enum KeyTexts {
    struct NoKey: Error {}

    static func offeredKey(type: String, base64: String) throws -> OfferedKey {
        guard !base64.hasPrefix("bad") else { throw NoKey() }
        return OfferedKey(blob: Array(base64.utf8), fingerprint: Fingerprint(text: "SHA256:\(base64)"))
    }

    static func blob(_ base64: String) -> [UInt8] { Array(base64.utf8) }

    /// Reads a line; local time is two hours ahead of UTC.
    static func read(_ line: String) throws(KeyLineError) -> AuthorizedKeyLine? {
        try AuthorizedKeyLine(Array(line.utf8), localTime: { $0.secondsInUTC - 7_200 }, offeredKey: offeredKey)
    }

    /// What is wrong with a line, or nil.
    static func mistake(_ line: String) -> String? {
        do throws(KeyLineError) {
            _ = try read(line)
            return nil
        } catch {
            return error.sentence
        }
    }
}
