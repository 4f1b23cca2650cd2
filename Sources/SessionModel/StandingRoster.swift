/// The team that is in force, while its files are written in whatever way editors and tools write files.
///
/// What a look adds is in force with the next look that shows it, too. What a look lacks stays in force until looks
/// have lacked it for a second and a bit: longer than a file is half-written, or moved away and back.
package struct StandingRoster: Sendable {
    /// How long a key must be missing; and how long at most, while its file is being written.
    package static let grace = Duration.milliseconds(1_200)
    package static let graceWhileWritten = Duration.milliseconds(1_600)
    /// A file that changed so lately is being written.
    private static let writing = Duration.milliseconds(300)

    package private(set) var roster = Roster.empty
    private var lines = Standing<[UInt8], RosterReader.Line>()
    /// The last state of each file that was in force whole.
    private var whole: [String: KeyFile] = [:]
    private var changed: [String: Moment] = [:]
    private var told = ToldProblems<RosterProblem>()
    private var last: KeyFilesLook?

    package init() {}

    /// Whether more looks should follow soon: something waits for them, or is being written.
    package func isUnsettled(at now: Moment) -> Bool {
        lines.isWaiting || changed.values.contains { now < $0.advanced(by: Self.writing) }
    }

    /// Takes one look into account.
    ///
    /// - Returns: whether the roster changed, and the problems that were not told before.
    package mutating func look(
        _ look: KeyFilesLook, at now: Moment, localTime: (CivilTime) -> Int64? = \.secondsInUTC,
        offeredKey: (_ type: String, _ base64: String) throws -> OfferedKey
    ) -> (isChanged: Bool, problems: [RosterProblem]) {
        if look == last, look.changed.isEmpty, !isUnsettled(at: now), !told.isWaiting { return (false, []) }
        last = look
        for path in look.changed { changed[path] = now }
        changed = changed.filter { now < $0.value.advanced(by: Self.graceWhileWritten) }
        var (files, problems) = (look.files, look.problems)
        var cut: Set<String> = []
        for index in files.indices {
            guard let part = CutKeyFile(files[index], of: whole[files[index].path], offeredKey: offeredKey) else {
                continue
            }
            cut.insert(files[index].path)
            problems.append(part.problem)
            files[index] = part.completed
        }
        let read = RosterReader.readLines(files, localTime: localTime, offeredKey: offeredKey)
        let isChanged = take(read.lines, at: now)
        noteWhole(look.files.filter { !cut.contains($0.path) })
        // Editors leave files for a moment whose names give no operator's.
        let unsure = pathsWithMissing.union(look.files.filter { $0.operatorName == nil }.map(\.path))
        let new = told.look(problems + read.problems, at: now) { unsure.contains($0.file) ? Self.grace : .zero }
        return (isChanged, new)
    }

    private mutating func take(_ found: [RosterReader.Line], at now: Moment) -> Bool {
        let kinds = Dictionary(lines.kept.values.map { ($0.entry.name, $0.entry.kind) }) { first, _ in first }
        let seen = Dictionary(found.map { ($0.blob, $0) }) { first, _ in first }
        let written = Set(changed.filter { now < $0.value.advanced(by: Self.writing) }.keys)
        let isChanged = lines.look(
            seen, at: now, grace: { written.contains($0.file) ? Self.graceWhileWritten : Self.grace },
            isNoLess: { $0.entry.isNoLess(than: $1.entry) },
            // One name is never a person's and an agent's.
            mayStand: { kinds[$0.entry.name, default: $0.entry.kind] == $0.entry.kind })
        guard isChanged else { return false }
        let sorted = lines.kept.values.sorted {
            ($0.entry.kind.rawValue, $0.file, $0.number, $0.entry.fingerprint.text)
                < ($1.entry.kind.rawValue, $1.file, $1.number, $1.entry.fingerprint.text)
        }
        roster = Roster(lines: sorted.map { ($0.entry, $0.blob) })
        return true
    }

    private var pathsWithMissing: Set<String> {
        guard lines.isAnythingMissing else { return [] }
        return Set(lines.kept.filter { lines.isMissing($0.key) }.values.map(\.file))
    }

    /// A file none of whose keys is missing is what a cut one is held against.
    private mutating func noteWhole(_ files: [KeyFile]) {
        let unsure = pathsWithMissing
        for file in files where !unsure.contains(file.path) { whole[file.path] = file }
        let there = Set(files.map(\.path)).union(lines.kept.values.map(\.file))
        whole = whole.filter { there.contains($0.key) }
    }
}

extension Roster.Entry {
    /// Whether it is the same operator's, and lets them do everything that the other does.
    func isNoLess(than other: Self) -> Bool {
        name == other.name && kind == other.kind && options.isNoLess(than: other.options)
    }
}

extension KeyOptions {
    func isNoLess(than other: Self) -> Bool {
        owner == other.owner && (sources == nil || sources == other.sources) && limits.isNoLess(than: other.limits)
    }
}

extension KeyLimits {
    func isNoLess(than other: Self) -> Bool {
        func holds<Limit: Comparable>(_ limit: Limit?, _ other: Limit?) -> Bool {
            guard let limit else { return true }
            return other.map { limit >= $0 } ?? false
        }
        return holds(role, other.role) && holds(expiresAt, other.expiresAt)
            && (sessions == nil || sessions == other.sessions) && (allowsTerminal || !other.allowsTerminal)
            && (allowsPortForwarding || !other.allowsPortForwarding)
    }
}
