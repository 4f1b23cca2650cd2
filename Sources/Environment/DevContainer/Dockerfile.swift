/// What a Dockerfile asks for, as far as it matters here.
package enum Dockerfile {
    /// Whether a `RUN` has a `--mount`. Rather once too often than not: a line may be continued anywhere, behind either
    /// of the characters that a Dockerfile may choose for that, with comments between.
    package static func hasMounts(_ text: String) -> Bool {
        ["\\", "`"].contains { hasMounts(text, continuedBy: $0) }
    }

    private static func hasMounts(_ text: String, continuedBy mark: Character) -> Bool {
        var whole = ""
        for line in text.split(whereSeparator: \.isNewline) {
            let words = line.filter { !$0.isWhitespace }
            if words.hasPrefix("#") || words.isEmpty { continue }
            if words.last == mark {
                whole += words.dropLast()
                continue
            }
            if isMountingRun(whole + words) { return true }
            whole = ""
        }
        return isMountingRun(whole)
    }

    private static func isMountingRun(_ words: String) -> Bool {
        let upper = words.uppercased()
        return (upper.hasPrefix("RUN") || upper.hasPrefix("ONBUILDRUN")) && words.contains("--mount")
    }
}
