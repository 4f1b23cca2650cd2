/// Rows of words as aligned text.
package enum Table {
    package static func text(_ rows: [[String]]) -> String {
        let columns = rows.map(\.count).max() ?? 0
        let widths = (0..<columns).map { column in
            rows.map { $0.count > column ? $0[column].count : 0 }.max() ?? 0
        }
        return rows.map { row in
            let words = row.enumerated().map { column, word in
                column + 1 == row.count
                    ? word : word + String(repeating: " ", count: widths[column] - word.count)
            }
            return words.joined(separator: "  ") + "\n"
        }.joined()
    }

    /// `42s`, `17m`, `5h`, `3d`: as much as one wants to know.
    package static func duration(_ duration: Duration) -> String {
        let seconds = duration.components.seconds
        switch seconds {
        case ..<120: return "\(seconds)s"
        case ..<7_200: return "\(seconds / 60)m"
        case ..<172_800: return "\(seconds / 3_600)h"
        default: return "\(seconds / 86_400)d"
        }
    }
}
