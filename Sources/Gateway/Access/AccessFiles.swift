private import Environment
package import SessionModel
package import SystemPackage

/// The files that say who may do what, and what of them is in force.
///
/// Reading is done here; what a look takes away or adds, ``StandingRoster`` and ``StandingConfiguration`` decide.
package struct AccessFiles: Sendable {
    /// What a look changed, and what there is to say, in sentences.
    package struct News: Sendable {
        /// The rules as they are now, if they are not as before.
        package var access: Access?
        package var sentences: [String] = []
    }

    package private(set) var access: Access
    private let keys: FilePath
    private let judge: KeyDirectory.KeyJudge
    private var directory: KeyDirectory
    private var roster = StandingRoster()
    private var file: ConfigurationFile
    private var configuration: StandingConfiguration

    /// - Parameter path: the file that the configuration was read from.
    package init(_ configuration: Configuration, readFrom path: FilePath, offeredKey: @escaping KeyDirectory.KeyJudge) {
        keys = configuration.keys
        judge = offeredKey
        directory = KeyDirectory(path: keys)
        file = ConfigurationFile(path: path)
        self.configuration = StandingConfiguration(configuration, file: path.string)
        access = Access(roster: .empty, configuration: configuration)
    }

    /// Whether more looks should follow soon.
    package func isUnsettled(at now: Moment) -> Bool {
        roster.isUnsettled(at: now) || configuration.isUnsettled(at: now)
    }

    /// Looks at all of it.
    package mutating func look(at now: Moment) -> News {
        var news = News()
        let isNew = (lookAtKeys(at: now, &news), lookAtConfiguration(at: now, &news))
        if isNew.0 || isNew.1 { news.access = access }
        return news
    }

    private mutating func lookAtKeys(at now: Moment, _ news: inout News) -> Bool {
        let (isChanged, problems) = roster.look(
            directory.look(), at: now, localTime: KeyDirectory.localSeconds, offeredKey: judge)
        news.sentences += problems.map(\.description)
        guard isChanged else { return false }
        access.roster = roster.roster
        if roster.roster.isEmpty {
            news.sentences.append("no key in \(keys)/team admits anybody; put a .pub file there")
        }
        return true
    }

    private mutating func lookAtConfiguration(at now: Moment, _ news: inout News) -> Bool {
        let (look, isWritten) = file.look()
        let (isChanged, problems) = configuration.look(look, isWritten: isWritten, at: now) { [path = file.path] in
            ConfigurationReader.read($0, path: path)
        }
        news.sentences += problems.map(\.description)
        if !problems.isEmpty { news.sentences.append("the configuration stays as it was until that is mended") }
        if isChanged { access.configuration = configuration.configuration }
        return isChanged
    }
}
