/// Makes a roster of key files, and a list of what in them admits nobody. Whatever is wrong, the rest keeps working.
package struct RosterReader {
    /// A key that admits its operator, with its place.
    struct Line: Hashable {
        let entry: Roster.Entry
        let blob: [UInt8]
        let file: String
        let number: Int
    }

    private var lines: [Line] = []
    private var problems: [RosterProblem] = []

    private init() {}

    /// Reads the files. `offeredKey` and `localTime` are as for ``AuthorizedKeyLine``.
    package static func read(
        _ files: [KeyFile], localTime: (CivilTime) -> Int64? = \.secondsInUTC,
        offeredKey: (_ type: String, _ base64: String) throws -> OfferedKey
    ) -> (roster: Roster, problems: [RosterProblem]) {
        let (lines, problems) = readLines(files, localTime: localTime, offeredKey: offeredKey)
        return (Roster(lines: lines.map { ($0.entry, $0.blob) }), problems)
    }

    /// As ``read(_:localTime:offeredKey:)``, line by line.
    static func readLines(
        _ files: [KeyFile], localTime: (CivilTime) -> Int64?,
        offeredKey: (_ type: String, _ base64: String) throws -> OfferedKey
    ) -> (lines: [Line], problems: [RosterProblem]) {
        var reader = RosterReader()
        let files = files.sorted { ($0.kind.rawValue, $0.name) < ($1.kind.rawValue, $1.name) }
        for file in files { reader.read(file, localTime: localTime, offeredKey: offeredKey) }
        reader.dropSharedNames()
        reader.dropSharedKeys()
        reader.dropOwnerless()
        let order = Dictionary(files.enumerated().map { ($1.path, $0) }, uniquingKeysWith: { first, _ in first })
        let problems = reader.problems.sorted {
            (order[$0.file] ?? 0, $0.line ?? 0, $0.sentence) < (order[$1.file] ?? 0, $1.line ?? 0, $1.sentence)
        }
        return (reader.lines, problems)
    }

    private mutating func read(
        _ file: KeyFile, localTime: (CivilTime) -> Int64?, offeredKey: (String, String) throws -> OfferedKey
    ) {
        guard let name = file.operatorName else {
            problems.append(RosterProblem(file: file.path, "the file is not named NAME.pub, NAME an operator's"))
            return
        }
        guard file.bytes.count <= KeyFile.largest else {
            problems.append(RosterProblem(file: file.path, "the file is larger than \(KeyFile.largest) bytes"))
            return
        }
        var keys = 0
        for (index, bytes) in file.bytes.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated() {
            do throws(KeyLineError) {
                let read = try AuthorizedKeyLine(bytes, localTime: localTime, offeredKey: offeredKey)
                guard let line = read else { continue }
                keys += 1
                guard keys <= KeyFile.mostKeys else {
                    problems.append(
                        RosterProblem(
                            file: file.path, line: index + 1, "only \(KeyFile.mostKeys) keys are read of a file"))
                    return
                }
                append(line, of: name, in: file, number: index + 1)
            } catch {
                problems.append(RosterProblem(file: file.path, line: index + 1, error.sentence))
                keys += 1
                if keys > KeyFile.mostKeys { return }
            }
        }
    }

    private mutating func append(_ line: AuthorizedKeyLine, of name: String, in file: KeyFile, number: Int) {
        if file.kind == .person, line.options.owner != nil {
            problems.append(RosterProblem(file: file.path, line: number, "owner= is for keys of agents"))
            return
        }
        let entry = Roster.Entry(
            name: name, kind: file.kind, fingerprint: line.key.fingerprint, options: line.options,
            comment: line.comment, place: "\(file.path):\(number)")
        lines.append(Line(entry: entry, blob: line.key.blob, file: file.path, number: number))
    }

    /// A name that is both a person's and an agent's is nobody's.
    private mutating func dropSharedNames() {
        let people = Set(lines.filter { $0.entry.kind == .person }.map(\.entry.name))
        let agents = Set(lines.filter { $0.entry.kind == .agent }.map(\.entry.name))
        for name in people.intersection(agents).sorted() {
            problems.append(
                RosterProblem(
                    file: "agents/\(name).pub",
                    "team/\(name).pub and agents/\(name).pub give one name to two, so neither is admitted"
                ))
        }
        lines.removeAll { people.contains($0.entry.name) && agents.contains($0.entry.name) }
    }

    /// A key that stands twice admits nobody: it would not be known who typed, or within which limits.
    private mutating func dropSharedKeys() {
        let shared = Dictionary(grouping: lines) { $0.blob }.filter { $1.count > 1 }
        for places in shared.values {
            let some = places.prefix(4).map(\.entry.place)
            for place in places {
                let others = some.filter { $0 != place.entry.place }.prefix(3).joined(separator: " and ")
                problems.append(
                    RosterProblem(
                        file: place.file, line: place.number,
                        "the key \(place.entry.fingerprint) stands in \(others) too, so it admits nobody"))
            }
        }
        lines.removeAll { shared[$0.blob] != nil }
    }

    /// What ends its owner's access ends an agent's.
    private mutating func dropOwnerless() {
        let people = Set(lines.filter { $0.entry.kind == .person }.map(\.entry.name))
        var kept: [Line] = []
        for line in lines {
            switch line.entry.options.owner {
            case nil where line.entry.kind == .agent:
                problems.append(
                    RosterProblem(
                        file: line.file, line: line.number, "an agent's key needs owner=\"NAME\", who answers for it"))
            case let owner? where !people.contains(owner):
                problems.append(
                    RosterProblem(
                        file: line.file, line: line.number,
                        "owner=\"\(owner)\" has no key in team/\(owner).pub that admits them, so nor is their agent"))
            default: kept.append(line)
            }
        }
        lines = kept
    }
}
