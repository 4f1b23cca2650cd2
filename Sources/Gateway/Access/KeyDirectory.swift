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

    /// What is known of a file from looks before.
    private struct Known {
        var stamp: FileStamp?
        /// What it said when it was last read whole.
        var bytes: [UInt8]?
        var refusal: FileRefusal?
    }

    private let path: FilePath
    private var known: [OperatorKind: [String: Known]] = [:]

    package init(path: FilePath) { self.path = path }

    /// Reads everything now.
    package func read(offeredKey judge: KeyJudge) -> Reading {
        var directory = KeyDirectory(path: path)
        let look = directory.look()
        let (roster, problems) = RosterReader.read(look.files, localTime: Self.localSeconds, offeredKey: judge)
        return Reading(roster: roster, problems: look.problems + problems)
    }

    private static let kinds: [OperatorKind] = [.person, .agent]
    private static let holds = "; what was read before holds until then"

    /// Looks at everything, and reads what is not as it was.
    ///
    /// A look that fails says so, and leaves what it did not see as the looks before saw it.
    package mutating func look() -> KeyFilesLook {
        var look = KeyFilesLook()
        if let refusal = refusalOfAll() {
            look.problems.append(RosterProblem(file: path.string, refusal.sentence))
            guard refusal.finding == .unreadable else {
                known = [:]
                return look
            }
        }
        for kind in Self.kinds { self.look(at: kind, &look) }
        look.problems += authorities()
        return look
    }

    private func refusalOfAll() -> FileRefusal? {
        do throws(Errno) {
            guard try FileStamp(path.string, followsLinks: true).isWritableByAll else { return nil }
            return FileRefusal("everybody on this machine may write it, so it proves nothing: chmod o-w")
        } catch {
            let refusal = FileRefusal("it can not be looked at", error)
            return refusal.finding == .absent ? nil : refusal
        }
    }

    private mutating func look(at kind: OperatorKind, _ look: inout KeyFilesLook) {
        let name = KeyFile.folder(of: kind)
        var files = known[kind, default: [:]]
        var (folder, names): (KeyFolder?, [String]) = (nil, [])
        do throws(FileRefusal) {
            folder = try KeyFolder(path.appending(name))
            names = folder?.names ?? []
        } catch {
            // Those that are known are looked at one by one: that fails for other reasons, and seldom.
            if error.finding == .unreadable { names = files.keys.sorted() }
            let end = error.finding == .unreadable ? Self.holds : ""
            look.problems.append(RosterProblem(file: name, error.sentence + end))
        }
        let gone = Set(files.keys).subtracting(names)
        for file in gone { files[file] = nil }
        for file in names { files[file] = Self.look(at: file, in: folder, path.appending(name), files[file]) }
        for file in names {
            guard let now = files[file] else { continue }
            if let bytes = now.bytes { look.files.append(KeyFile(name: file, kind: kind, bytes: bytes)) }
            guard let refusal = now.refusal, refusal.finding != .changing else { continue }
            let end = refusal.finding == .unreadable && now.bytes != nil ? Self.holds : ""
            look.problems.append(RosterProblem(file: "\(name)/\(file)", refusal.sentence + end))
        }
        let before = known[kind, default: [:]]
        for file in gone.union(names) where files[file]?.stamp != before[file]?.stamp {
            look.changed.insert("\(name)/\(file)")
        }
        known[kind] = files
    }

    /// What is known of a file now; nil when it is gone. Without an open folder it is looked for by its whole path.
    ///
    /// Looks before it reads, but does not trust a stamp that is younger than the clock of the file system is fine.
    private static func look(at name: String, in folder: KeyFolder?, _ path: FilePath, _ known: Known?) -> Known? {
        let place = folder == nil ? path.appending(name).string : name
        var found = known ?? Known()
        do throws(Errno) {
            found.stamp = try FileStamp(place, in: folder?.descriptor)
        } catch {
            let refusal = FileRefusal("it can not be looked at", error)
            guard refusal.finding == .unreadable else { return nil }
            found.refusal = refusal
            return found
        }
        let isKnown = found.refusal.map { $0.finding == .refused } ?? (found.bytes != nil)
        if isKnown, found.stamp == known?.stamp, found.stamp?.isFresh(at: FileStamp.now) == false { return found }
        do throws(FileRefusal) {
            found.bytes = try RegularFile.read(
                place, in: folder?.descriptor, limit: KeyFile.largest, followsLinks: false)
            found.refusal = nil
        } catch {
            switch error.finding {
            case .absent: return nil
            case .refused: found.bytes = nil
            case .unreadable, .changing: break
            }
            found.refusal = error
        }
        return found
    }

    /// Says that authorities are not used yet, rather than leave somebody to wonder.
    private func authorities() -> [RosterProblem] {
        let folder = (try? KeyFolder(path.appending("authorities"))) ?? nil
        return (folder?.names ?? []).map {
            RosterProblem(
                file: "authorities/\($0)", "certificates are not accepted yet, so this authority admits nobody")
        }
    }

    /// When a time of this machine's own time zone is, in seconds since 1970 (mktime(3)).
    package static func localSeconds(_ time: CivilTime) -> Int64? {
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
