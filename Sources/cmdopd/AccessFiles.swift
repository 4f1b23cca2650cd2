import Gateway
import SSHTransport
import SessionModel
import SystemPackage

/// The files that say who may do what: read at start, and again when they change. Says on standard error what is wrong.
final class AccessFiles {
    private(set) var access: Access
    private let keys: FilePath
    private var directory: KeyDirectory
    private var file: ConfigurationFile

    init(_ configuration: Configuration, readFrom path: FilePath) {
        keys = configuration.keys
        directory = KeyDirectory(path: keys, offeredKey: { try offeredKey(type: $0, base64: $1) })
        file = ConfigurationFile(path: path)
        access = Access(roster: .empty, configuration: configuration)
        _ = file.readIfChanged()
        readKeys(directory.readIfChanged() ?? directory.read())
    }

    /// The rules as they are now, if that is something new. A configuration with problems changes nothing.
    func accessIfChanged() -> Access? {
        var isNew = false
        if let reading = directory.readIfChanged() {
            readKeys(reading)
            isNew = true
        }
        if let (configuration, problems) = file.readIfChanged() {
            for problem in problems { say("\(problem)") }
            if problems.isEmpty {
                access.configuration = configuration
                isNew = true
            } else {
                say("the configuration stays as it was until that is mended")
            }
        }
        return isNew ? access : nil
    }

    private func readKeys(_ reading: KeyDirectory.Reading) {
        access.roster = reading.roster
        for problem in reading.problems { say("\(problem)") }
        if reading.roster.isEmpty { say("no key in \(keys)/team admits anybody; put a .pub file there") }
    }
}
