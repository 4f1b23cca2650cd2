extension String {
    private static let longestMarks = 4

    /// The text as one line that can neither steer a terminal nor hide or turn anything around in it.
    ///
    /// Letters, digits, punctuation and symbols stay, with a few combining marks on each; any space is a plain one.
    /// Controls, formats (directions, zero-width characters), and what has no look or meaning of its own are left out.
    var stripped: String {
        var result = String.UnicodeScalarView()
        var marks = 0
        for scalar in unicodeScalars {
            if (" "..."~").contains(scalar) {
                result.append(scalar)
                marks = 0
                continue
            }
            guard !scalar.properties.isDefaultIgnorableCodePoint else { continue }
            switch scalar.properties.generalCategory {
            case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator: continue
            case .spaceSeparator:
                result.append(" ")
                marks = 0
            case .nonspacingMark, .enclosingMark, .spacingMark:
                marks += 1
                if marks <= Self.longestMarks, !result.isEmpty { result.append(scalar) }
            default:
                result.append(scalar)
                marks = 0
            }
        }
        return String(result)
    }
}
