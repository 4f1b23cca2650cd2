import ScreenModel
import SessionModel
import Testing
import Wire

@testable import Gateway

/// Sessions and a window, as the lobby's tests need them.
enum LobbyFixture {
    static func name(_ text: String) throws -> SessionName { try #require(SessionName(text)) }

    static func live(
        _ text: String, steers: String? = nil, watchers: Int = 0, up: Duration = .seconds(90),
        idle: Duration = .seconds(7), role: Role = .operator
    ) throws -> LobbySession {
        let name = try name(text)
        let holder = steers.map { TurnHolder(attachment: AttachmentID(rawValue: 1), name: $0, kind: .person) }
        let ids = (holder == nil ? 2 : 1)..<UInt32(watchers + 2)
        var description = SessionDescription(
            session: name, incarnation: Incarnation(rawValue: 1), environment: "default", createdBy: "alice",
            runningFor: up, size: .standard, title: "",
            turn: TurnNotice(turn: TurnNumber(rawValue: 1), holder: holder), attachments: ids.map { attachment($0) },
            commandsBeside: 0)
        description.idleFor = idle
        return LobbySession(name: name, status: .live, live: description, role: role)
    }

    private static func attachment(_ id: UInt32) -> AttachmentDescription {
        AttachmentDescription(
            id: AttachmentID(rawValue: id), operatorName: "somebody", kind: .person,
            fingerprint: Fingerprint(text: ""), role: .operator, isSteering: true, transport: "", size: nil,
            attachedFor: .zero)
    }

    static func gone(_ text: String, _ status: SessionStatus, role: Role = .operator) throws -> LobbySession {
        LobbySession(name: try name(text), status: status, live: nil, role: role)
    }

    static func screen(columns: Int = 80, rows: Int = 24, _ sessions: [LobbySession]? = nil) throws -> LobbyScreen {
        var screen = LobbyScreen(
            title: "cmdop on vm", viewer: "alice", size: try #require(TerminalSize(columns: columns, rows: rows)))
        if let sessions { screen.show(sessions) }
        return screen
    }

    static func several() throws -> [LobbySession] {
        [
            try live("deploy", steers: "alice", watchers: 3, up: .seconds(7_300), idle: .zero),
            try live("api-tests", watchers: 1), try gone("old", .ended(status: 129)), try gone("broken", .lost),
            LobbySession(name: try name("stuck"), status: .live, live: nil, role: .observer),
        ]
    }
}

extension LobbyScreen {
    /// What one reads, row by row.
    var text: [String] { frame.rows.map(\.text) }

    /// The row that is marked in the list.
    var marked: [String] {
        frame.rows.dropFirst(layout.title).filter { $0.cells.first?.style.attributes.contains(.reverse) == true }
            .map(\.text)
    }

    /// Types for an operator whose role is the same everywhere.
    @discardableResult
    mutating func type(_ text: String, role: Role? = .operator) -> Act? { receive(Array(text.utf8)) { _ in role } }
}
