import Foundation
import Journal
import SessionModel
import SystemPackage
import TestKit
import Wire

/// A directory for one journal, and the files in it.
struct JournalFixture {
    private let temporary: TemporaryDirectory
    let directory: String
    static let session = SessionName("demo") ?? { preconditionFailure("a session may be named demo") }()

    init() throws {
        temporary = try TemporaryDirectory()
        directory = temporary.path + "/journal"
    }

    func writer(segmentLimit: Int = 64 * 1_024 * 1_024) throws(JournalError) -> JournalWriter {
        try JournalWriter(directory: directory, session: Self.session, segmentLimit: segmentLimit)
    }

    func entries() throws(JournalError) -> [JournalEntry] { try JournalReader(directory: directory).entries() }

    var segments: [String] { JournalReader(directory: directory).segments() }

    func bytes(of path: String) throws -> [UInt8] { Array(try Data(contentsOf: URL(fileURLWithPath: path))) }

    func write(_ bytes: [UInt8], to path: String) throws { try Data(bytes).write(to: URL(fileURLWithPath: path)) }

    /// Output of so many bytes.
    static func output(_ count: Int, at offset: UInt64 = 0) -> JournalRecord {
        .output(StreamOffset(bytes: offset), [UInt8](repeating: 0x78, count: count))
    }

    static func turnBegan(_ turn: UInt64) -> JournalRecord {
        .turnBegan(TurnNumber(rawValue: turn), AttachmentID(rawValue: 1), .typed)
    }
}

extension [JournalEntry] {
    var numbers: [UInt64] { map(\.number.rawValue) }
    var records: [JournalRecord] { map(\.record) }
}
