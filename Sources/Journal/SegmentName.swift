/// Names of a journal's files: `00000001.journal` and on, so that they sort in the order of writing.
enum SegmentName {
    static let suffix = ".journal"
    private static let digits = 8

    static func text(for segment: UInt32) -> String {
        let number = String(segment)
        return String(repeating: "0", count: max(0, digits - number.count)) + number + suffix
    }

    /// The number in such a name; `nil` for a name of something else.
    static func number(of name: String) -> UInt32? {
        guard name.hasSuffix(suffix), let number = UInt32(name.dropLast(suffix.count)), text(for: number) == name else {
            return nil
        }
        return number
    }
}
