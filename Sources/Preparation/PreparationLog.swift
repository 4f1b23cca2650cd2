import Environment
import Platform
import SessionModel
import SystemPackage
import Wire

/// What the preparation says: in the session's terminal while that is its own, and in `environment.log` in any case.
final class PreparationLog {
    /// Bytes with which it is begun anew.
    private static let limit = 1_024 * 1_024

    /// For sentences about something that said more than they do.
    let whereToRead: String
    private let file: OwnedDescriptor
    private var hasTerminal = true
    private var mask = SecretMask()

    init(stateDirectory: String) throws(PreparationFailure) {
        let session = stateDirectory.split(separator: "/").last.map(String.init) ?? ""
        whereToRead = "'environment \(session)' shows all of it"
        do {
            let directory = try StateDirectory.open(stateDirectory)
            // Nobody asks for what was said long ago.
            if directory.readEnd(SessionFiles.environmentLog, limit: Self.limit)?.isCut == true {
                directory.remove(SessionFiles.environmentLog)
            }
            file = try directory.openLog(SessionFiles.environmentLog)
        } catch {
            throw PreparationFailure("can not write \(stateDirectory)/\(SessionFiles.environmentLog): \(error)")
        }
    }

    /// A line of our own.
    func say(_ line: String) {
        write(Array("cmdop: \(line)\n".utf8))
        endOfProgram()
    }

    /// From now on these are not shown.
    func hide(_ secrets: [EnvironmentVariable]) {
        mask = SecretMask(values: secrets.map { Array($0.value.utf8) })
    }

    func write(_ bytes: some Collection<UInt8>) { put(mask.mask(Array(bytes))) }

    /// The end of what a program said: nothing of it is held back any more.
    func endOfProgram() { put(mask.release()) }

    private func put(_ bytes: [UInt8]) {
        guard !bytes.isEmpty else { return }
        _ = try? file.borrowed.writeAll(bytes)
        if hasTerminal { _ = try? FileDescriptor.standardOutput.writeAll(bytes) }
    }

    /// What went wrong, where whoever is there reads it, and whoever comes later.
    ///
    /// - Returns: it, fit to be shown.
    func fail(_ sentence: String) -> String {
        endOfProgram()
        let masked = mask.mask(Array(sentence.utf8)) + mask.release()
        let shown = String(decoding: masked, as: UTF8.self)
        _ = try? file.borrowed.writeAll(Array("cmdop: \(shown)\n".utf8))
        Self.print("cmdop: \(shown)")
        return shown
    }

    /// The terminal is the shell's from now on.
    func leaveTerminal() { hasTerminal = false }

    static func print(_ line: String) {
        _ = try? FileDescriptor.standardError.writeAll(Array("\(line)\n".utf8))
    }
}
