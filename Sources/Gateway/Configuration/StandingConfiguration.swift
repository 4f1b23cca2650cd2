package import SessionModel

/// The configuration that is in force, while its file is written in whatever way editors and tools write files.
///
/// Rules and users that a look adds are in force with the next look that shows them, too. What takes access away, and
/// whatever else changes, must have stood for a second and a bit. What is wrong, or evidently a part of what was
/// there, changes nothing.
package struct StandingConfiguration: Sendable {
    package typealias Reader = (_ bytes: [UInt8]) -> (configuration: Configuration, problems: [ConfigurationProblem])

    /// How long a file counts as being written after it changed.
    private static let writing = Duration.milliseconds(300)

    package private(set) var configuration: Configuration
    private let file: String
    private var rules: Standing<AccessRule, Bool>
    private var local: Standing<String, String>
    private var rest: Standing<Bool, Configuration>
    private var changed: Moment?
    /// The last state of the file that is in force whole.
    private var whole: (bytes: [UInt8], sections: Set<String>)?
    private var last: (bytes: [UInt8], read: (configuration: Configuration, problems: [ConfigurationProblem]))?
    private var told = ToldProblems<ConfigurationProblem>()

    /// Begins with what is in force. `file` is the file's name as problems have it.
    package init(_ configuration: Configuration, file: String) {
        self.configuration = configuration
        self.file = file
        rules = Standing(kept: Self.keys(configuration.access.rules))
        local = Standing(kept: configuration.local.operators)
        rest = Standing(kept: [true: Self.rest(of: configuration)])
    }

    /// Whether more looks should follow soon.
    package func isUnsettled(at now: Moment) -> Bool { isWaiting || isWritten(at: now) }

    private var isWaiting: Bool { rules.isWaiting || local.isWaiting || rest.isWaiting }
    private func isWritten(at now: Moment) -> Bool { changed.map { now < $0.advanced(by: Self.writing) } ?? false }

    /// Takes one look into account.
    ///
    /// - Parameter isWritten: whether the file changed since the look before.
    /// - Returns: whether the configuration changed, and the problems that were not told before.
    package mutating func look(
        _ look: ConfigurationFile.Look, isWritten: Bool, at now: Moment, read: Reader
    ) -> (isChanged: Bool, problems: [ConfigurationProblem]) {
        if isWritten { changed = now }
        let problems: [ConfigurationProblem]
        var isChanged = false
        switch look {
        case .unreadable(let refusal):
            problems = refusal.finding == .changing ? [] : [ConfigurationProblem(file: file, refusal.sentence)]
        case .whole(let bytes):
            if last?.bytes != bytes { last = (bytes, read(bytes)) }
            guard let found = last?.read else { return (false, []) }
            problems = found.problems + (found.problems.isEmpty ? cuts(bytes, found.configuration) : [])
            if problems.isEmpty { isChanged = take(found.configuration, bytes, at: now) }
        }
        return (isChanged, told.look(problems, at: now) { _ in StandingRoster.grace })
    }

    private mutating func take(_ found: Configuration, _ bytes: [UInt8], at now: Moment) -> Bool {
        let grace = isWritten(at: now) ? StandingRoster.graceWhileWritten : StandingRoster.grace
        var other = Self.rest(of: found)
        // Where it listens, a server only reads at its start; the command line may have said it.
        other.listen = configuration.listen
        let changes = [
            rules.look(Self.keys(found.access.rules), at: now, grace: { _ in grace }),
            local.look(found.local.operators, at: now, grace: { _ in grace }),
            rest.look([true: other], at: now, grace: { _ in grace }),
        ]
        if !isWaiting { whole = (bytes, found.sections) }
        guard changes.contains(true) else { return false }
        let known = found.access.rules + configuration.access.rules.filter { !found.access.rules.contains($0) }
        configuration = rest.kept[true] ?? configuration
        configuration.access = AccessPolicy(rules: known.filter { rules.kept[$0] != nil })
        configuration.local = LocalUsers(local.kept)
        return true
    }

    /// What shows that a file, though it can be read, is not what somebody meant to write.
    private func cuts(_ bytes: [UInt8], _ found: Configuration) -> [ConfigurationProblem] {
        if !configuration.access.rules.isEmpty, !found.sections.contains("access") {
            return [
                ConfigurationProblem(
                    file: file, "it has no 'access' any more; if nobody is to do anything, write 'access: []'")
            ]
        }
        guard let whole, bytes.count < whole.bytes.count, whole.bytes.starts(with: bytes) else { return [] }
        let isInLine = bytes.last != 0x0A && whole.bytes[bytes.count] != 0x0A
        guard isInLine || !found.sections.isSuperset(of: whole.sections) else { return [] }
        let line = bytes.count { $0 == 0x0A } + 1
        return [
            ConfigurationProblem(
                file: file, line: line, column: 1,
                "it ends here, where it went on before; write it whole, or write it anew if all of it is there")
        ]
    }

    private static func keys(_ rules: [AccessRule]) -> [AccessRule: Bool] {
        Dictionary(rules.map { ($0, true) }) { first, _ in first }
    }

    /// All but what says who may do what.
    private static func rest(of configuration: Configuration) -> Configuration {
        var rest = configuration
        rest.access = AccessPolicy(rules: [])
        rest.local = LocalUsers()
        return rest
    }
}
