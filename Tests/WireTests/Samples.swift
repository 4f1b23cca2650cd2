import ScreenModel
import SessionModel
import Testing
import Wire

/// Values that the tests of all formats share. The golden files hold them: change none, add new ones.
enum Samples {
    static let session = name("demo-1")
    static let alice = person("alice", .person, blob: Array("\0\0\0\u{0B}ssh-ed25519".utf8))
    /// An agent with an empty key, which the format allows.
    static let robot = person("r2.d2", .agent, blob: [])
    static let window = TerminalSize(columns: 132, rows: 43) ?? .standard
    static let smallest = TerminalSize(columns: 1, rows: 1) ?? .standard
    static let largest = TerminalSize(columns: 1_000, rows: 1_000) ?? .standard

    static let nobody = TurnNotice(turn: TurnNumber(rawValue: 0), holder: nil)
    static let held = TurnNotice(
        turn: TurnNumber(rawValue: 7),
        holder: TurnHolder(attachment: AttachmentID(rawValue: 3), name: "alice", kind: .person))

    static func name(_ text: String) -> SessionName {
        guard let name = SessionName(text) else { preconditionFailure("a sample's name is valid") }
        return name
    }

    private static func person(_ name: String, _ kind: OperatorKind, blob: [UInt8]) -> Operator {
        let offered = OfferedKey(blob: blob, fingerprint: Fingerprint(text: "SHA256:\(name)"))
        return Operator(name: name, kind: kind, key: VerifiedKey(offered, proof: SignatureProof()))
    }
}

/// A value with the name that it has in a golden file.
struct Sample<Value: Sendable>: Sendable, CustomTestStringConvertible {
    let name: String
    let value: Value

    init(_ name: String, _ value: Value) {
        self.name = name
        self.value = value
    }

    var testDescription: String { name }
}
