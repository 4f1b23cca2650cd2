/// A key file that ends in the middle of a line that it had: it is being written, or whoever wrote it could not go on.
///
/// Nobody takes a key away by leaving its beginning. So that line, and those that stood behind it, hold as before.
struct CutKeyFile {
    /// The file as it holds.
    let completed: KeyFile
    let problem: RosterProblem

    /// Nil for a file that is whole, as far as can be seen.
    init?(
        _ file: KeyFile, of before: KeyFile?, offeredKey: (_ type: String, _ base64: String) throws -> OfferedKey
    ) {
        guard let before, !file.bytes.isEmpty, file.bytes.last != 0x0A, file != before else { return nil }
        let new = Self.lines(file)
        guard let end = new.last, Self.isNoKey(end, offeredKey) else { return nil }
        let whole = Set(new.dropLast())
        let old = Self.lines(before)
        let first = old.firstIndex { $0.count > end.count && $0.starts(with: end) && !whole.contains($0) }
        guard let first else { return nil }
        let rest = old[first...].filter { !whole.contains($0) }
        completed = KeyFile(
            name: file.name, kind: file.kind, bytes: Array((new.dropLast() + rest).joined(separator: [0x0A])))
        problem = RosterProblem(
            file: file.path, line: new.count,
            "the file is cut short here; what stood from here on holds as before, until the file is written whole")
    }

    private static func lines(_ file: KeyFile) -> [ArraySlice<UInt8>] {
        file.bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
    }

    private static func isNoKey(
        _ line: ArraySlice<UInt8>, _ offeredKey: (_ type: String, _ base64: String) throws -> OfferedKey
    ) -> Bool {
        do throws(KeyLineError) {
            return try AuthorizedKeyLine(line, localTime: \.secondsInUTC, offeredKey: offeredKey) == nil
        } catch {
            return true
        }
    }
}
