extension StringProtocol {
    /// The text in quotes for a sentence: printable ASCII as it is, the rest escaped, at most 64 characters of it.
    ///
    /// What strangers wrote can so neither forge a line of a log nor steer a terminal.
    package var quoted: String {
        var result = "\""
        for scalar in unicodeScalars.prefix(64) {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case " "..."~": result.unicodeScalars.append(scalar)
            default: result += "\\u{" + String(scalar.value, radix: 16) + "}"
            }
        }
        return result + (unicodeScalars.count > 64 ? "…\"" : "\"")
    }
}
