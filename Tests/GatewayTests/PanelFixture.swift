import ScreenModel
import SessionModel
import Wire

@testable import Gateway

/// Screens and typed keys for tests of the panel.
enum PanelFixture {
    /// A screen whose rows are `r0`, `r1` and so on, with the cursor in its last cell.
    static func frame(_ columns: Int, _ rows: Int, text: (Int) -> String = { "r\($0)" }) throws -> WindowFrame {
        guard let size = TerminalSize(columns: columns, rows: rows) else { throw Problem.size }
        let screen = ScreenSnapshot.Screen(rows: (0..<rows).map { TextRow.row(text($0), width: columns) })
        let snapshot = ScreenSnapshot(
            size: size, main: screen, alternate: nil,
            cursor: CursorState(position: Position(row: rows - 1, column: columns - 1)), modes: TerminalModes(),
            region: ScreenSnapshot.ScrollRegion(top: 0, bottom: rows - 1), tabStops: [], title: "", scrollback: [],
            offset: .start)
        var viewport = Viewport()
        return viewport.frame(of: ScreenImage(snapshot), in: size)
    }

    enum Problem: Error { case size }

    /// The rows that the panel draws on, in one text.
    static func drawn(_ panel: Panel, _ columns: Int, _ rows: Int) throws -> String {
        var panel = panel
        guard let size = TerminalSize(columns: columns, rows: rows) else { throw Problem.size }
        panel.window = size
        let before = try frame(columns, rows)
        let after = panel.over(before)
        return zip(before.rows, after.rows).filter { $0 != $1 }.map { $1.text }.joined(separator: "\n")
    }

    static func person(_ name: String, _ role: Role = .operator, id: UInt32 = 1, steers: Bool = false) throws
        -> PanelPerson
    {
        guard let session = SessionName("deploy"), let size = TerminalSize(columns: 80, rows: 24) else {
            throw Problem.size
        }
        let attachment = AttachmentDescription(
            id: AttachmentID(rawValue: id), operatorName: name, kind: .person, fingerprint: Fingerprint(text: "f"),
            role: role, isSteering: true, transport: "ssh", size: size, attachedFor: .seconds(300))
        let holder = TurnHolder(attachment: attachment.id, name: name, kind: .person)
        let description = SessionDescription(
            session: session, incarnation: Incarnation(rawValue: 1), environment: "default", createdBy: "alice",
            runningFor: .seconds(1), size: size, title: "",
            turn: TurnNotice(turn: TurnNumber(rawValue: 1), holder: steers ? holder : nil), attachments: [attachment],
            commandsBeside: 0)
        return PanelPerson(attachment, in: description)
    }
}

extension TurnQueue {
    /// Those who wait have the numbers, and have waited five seconds.
    static func of(_ waiting: [(UInt32, String)], mode: SessionModel.TurnMode = .open) -> TurnQueue {
        TurnQueue(
            mode: mode,
            waiting: waiting.map { id, name in
                Waiting(
                    who: TurnHolder(attachment: AttachmentID(rawValue: id), name: name, kind: .person),
                    waitedFor: .seconds(5), isForPrompt: false)
            })
    }
}

extension ProposalNotice {
    static func of(_ number: UInt32, _ command: String, approver: String? = nil) -> ProposalNotice {
        ProposalNotice(
            number: ProposalNumber(rawValue: number), name: "claude", command: command, expiresIn: .seconds(60),
            approver: approver)
    }
}

extension Panel {
    /// The client is shown what the panel is.
    mutating func draw() { noteDrawn(self, in: window) }

    /// Types text, in which `^` is the panel's key.
    mutating func type(_ text: String) -> [Act] {
        receive(text.utf8.map { $0 == UInt8(ascii: "^") ? key.byte : $0 })
    }

    static func pressed(_ text: String) -> Panel {
        var panel = Panel(key: .standard, session: "deploy")
        _ = panel.type(text)
        return panel
    }
}

extension [Panel.Act] {
    /// What reached the session.
    var input: [UInt8] {
        flatMap { act -> [UInt8] in
            guard case .input(let bytes) = act else { return [] }
            return bytes
        }
    }
}
