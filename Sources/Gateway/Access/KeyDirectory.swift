private import Glibc
package import SessionModel
package import SystemPackage

/// The directory `keys`: the team, its agents, and who of them has a key that admits.
package struct KeyDirectory: Sendable {
    /// What the directory says now.
    package struct Reading: Sendable {
        package let roster: Roster
        package let problems: [RosterProblem]
    }

    /// Judges a key's type and base64 text.
    package typealias KeyJudge = @Sendable (_ type: String, _ base64: String) throws -> OfferedKey

    private struct Contents: Equatable {
        var files: [KeyFile] = []
        var problems: [RosterProblem] = []
    }

    private struct Stamps: Equatable {
        var folders: [FileStamp?] = []
        var files: [[String: FileStamp]] = []

        func isFresh(at now: Int64) -> Bool {
            folders.contains { $0?.isFresh(at: now) ?? false }
                || files.contains { $0.values.contains { $0.isFresh(at: now) } }
        }
    }

    private let path: FilePath
    private let judge: KeyJudge
    private var stamps: Stamps?
    private var contents: Contents?

    package init(path: FilePath, offeredKey: @escaping KeyJudge) {
        self.path = path
        judge = offeredKey
    }

    /// Reads everything, if it changed since the last time; nil if not.
    ///
    /// Looks before it reads, but does not trust a stamp that is younger than the clock of the file system is fine.
    package mutating func readIfChanged() -> Reading? {
        let found = look()
        if let stamps, stamps == found, !found.isFresh(at: FileStamp.now) { return nil }
        stamps = found
        let read = readFiles()
        guard read != contents else { return nil }
        contents = read
        return Self.reading(read, judge)
    }

    /// Reads everything now.
    package func read() -> Reading { Self.reading(readFiles(), judge) }

    private static let kinds: [OperatorKind] = [.person, .agent]

    private func look() -> Stamps {
        var stamps = Stamps(folders: [FileStamp(path.string, followsLinks: true)])
        for kind in Self.kinds {
            let folder = (try? KeyFolder(path.appending(KeyFile.folder(of: kind)), kind: kind)) ?? nil
            stamps.folders.append(folder?.stamp)
            stamps.files.append(folder?.stamps ?? [:])
        }
        stamps.folders.append(FileStamp(path.appending("authorities").string))
        return stamps
    }

    private func readFiles() -> Contents {
        var contents = Contents()
        if let stamp = FileStamp(path.string, followsLinks: true), stamp.isWritableByAll {
            contents.problems.append(
                RosterProblem(
                    file: path.string, "everybody on this machine may write it, so it proves nothing: chmod o-w"))
            return contents
        }
        for kind in Self.kinds {
            do throws(FileRefusal) {
                guard let folder = try KeyFolder(path.appending(KeyFile.folder(of: kind)), kind: kind) else { continue }
                let (files, problems) = folder.read()
                contents.files += files
                contents.problems += problems
            } catch {
                contents.problems.append(RosterProblem(file: KeyFile.folder(of: kind), error.sentence))
            }
        }
        contents.problems += authorities()
        return contents
    }

    /// Says that authorities are not used yet, rather than leave somebody to wonder.
    private func authorities() -> [RosterProblem] {
        let folder = (try? KeyFolder(path.appending("authorities"), kind: .person)) ?? nil
        return (folder?.names ?? []).map {
            RosterProblem(
                file: "authorities/\($0)", "certificates are not accepted yet, so this authority admits nobody")
        }
    }

    private static func reading(_ contents: Contents, _ judge: KeyJudge) -> Reading {
        let (roster, problems) = RosterReader.read(contents.files, localTime: localSeconds, offeredKey: judge)
        return Reading(roster: roster, problems: contents.problems + problems)
    }

    /// When a time of this machine's own time zone is, in seconds since 1970 (mktime(3)).
    private static func localSeconds(_ time: CivilTime) -> Int64? {
        var parts = tm()
        parts.tm_year = CInt(time.year - 1900)
        parts.tm_mon = CInt(time.month - 1)
        parts.tm_mday = CInt(time.day)
        parts.tm_hour = CInt(time.hour)
        parts.tm_min = CInt(time.minute)
        parts.tm_sec = CInt(time.second)
        parts.tm_isdst = -1
        let seconds = mktime(&parts)
        return seconds == -1 ? nil : Int64(seconds)
    }
}
