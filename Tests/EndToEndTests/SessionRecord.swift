import Foundation
import Journal
import SessionModel
import TestKit
import Wire

/// A session's journal as it is now, read while the session may still write it.
struct SessionRecord {
    let entries: [JournalEntry]

    init(of session: String = "deploy", on server: ServerUnderTest) throws {
        let directory = server.directory.url.appendingPathComponent(".state/sessions/\(session)/journal")
        entries = try JournalReader(directory: directory.path).entries()
    }

    /// The numbers of the entries are 1, 2, 3 and so on.
    var isGapless: Bool { entries.indices.allSatisfy { entries[$0].number.rawValue == UInt64($0) + 1 } }

    var inputs: [InputRecord] {
        entries.compactMap { if case .input(let input) = $0.record { input } else { nil } }
    }

    /// Everything that was printed, in all incarnations.
    var output: [UInt8] {
        entries.flatMap { if case .output(_, let bytes) = $0.record { bytes } else { [UInt8]() } }
    }

    /// Where each piece of output begins where the one before it ended.
    var isOutputContinuous: Bool {
        var next = StreamOffset.start
        for entry in entries {
            switch entry.record {
            case .started: next = .start
            case .output(let offset, let bytes):
                guard offset == next else { return false }
                next = offset.advanced(by: bytes.count)
            default: break
            }
        }
        return true
    }

    var sizes: [TerminalSize] {
        entries.compactMap { if case .resized(let size) = $0.record { size } else { nil } }
    }

    var incarnations: [UInt32] {
        entries.compactMap {
            if case .started(let incarnation, _, _, _) = $0.record { incarnation.rawValue } else { nil }
        }
    }

    /// How turns began, with the names of those whose they were.
    var turnsBegun: [(turn: TurnNumber, who: String, how: TurnBeginning)] {
        var names: [AttachmentID: String] = [:]
        var turns: [(turn: TurnNumber, who: String, how: TurnBeginning)] = []
        for entry in entries {
            switch entry.record {
            case .attached(let id, let who, _, _, _): names[id] = who.name
            case .turnBegan(let turn, let id, let how): turns.append((turn, names[id] ?? "?", how))
            default: break
            }
        }
        return turns
    }

    /// How turns and requests began and ended, and by whose act, a line each.
    var turnStory: [String] {
        var names: [AttachmentID: String] = [:]
        func name(_ id: AttachmentID) -> String { names[id] ?? "?" }
        return entries.compactMap { entry in
            switch entry.record {
            case .attached(let id, let who, _, _, _):
                names[id] = who.name
                return nil
            case .turnBegan(let turn, let id, let how): return "\(turn.rawValue) \(name(id)): \(how)"
            case .turnEnded(let turn, let id, let how): return "\(turn.rawValue) \(name(id)) ends: \(how)"
            case .turnRequested(let id): return "\(name(id)) asks"
            case .requestEnded(let id, let how, let by):
                return "\(name(id)) asks no more: \(how)" + (by.map { " by \(name($0))" } ?? "")
            case .turnGranted(let id, let by): return "to \(name(id)) by \(by.map(name) ?? "the rules")"
            default: return nil
            }
        }
    }

    /// What an operator typed, as far as it was written down.
    func typed(by name: String) -> [UInt8] {
        inputs.filter { $0.who.name == name }.flatMap {
            if case .bytes(let bytes) = $0.content { bytes } else { [UInt8]() }
        }
    }
}
