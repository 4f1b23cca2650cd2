import Control
import SessionModel
import Wire

/// One session as the lobby lists it for one operator.
struct LobbySession: Hashable {
    let name: SessionName
    let status: SessionStatus
    /// What its host last said; `nil` where none lives, or it does not answer.
    let live: SessionDescription?
    let role: Role

    private var isRunning: Bool { status == .live }

    /// Why the operator can not attach; `nil` when they can.
    var obstacle: String? {
        guard !isRunning, !role.may(.create) else { return nil }
        let how =
            switch status {
            case .lost: "is lost"
            case .ending: "is ending"
            case .live, .ended: "has ended"
            }
        return "\(name) \(how); your role (\(role.name)) does not start sessions"
    }

    func matches(_ filter: String) -> Bool {
        let filter = filter.lowercased()
        return name.text.contains(filter) || live?.turn.holder?.name.lowercased().contains(filter) == true
    }

    func text(of column: LobbyColumn) -> String {
        switch column {
        case .session: name.text
        case .state: isRunning && live == nil ? "not responding" : live?.condition?.phase.word ?? status.name
        case .steers: live.map { $0.turn.holder?.name.printable ?? "nobody" } ?? "-"
        case .watch: live.map { "\(watchers(of: $0))" } ?? "-"
        case .active: activity
        case .up: live.map { Table.duration($0.runningFor) } ?? "-"
        case .last: if case .ended(let code) = status { "\(code)" } else { "-" }
        case .role: role.name
        }
    }

    private func watchers(of live: SessionDescription) -> Int {
        live.attachments.count { $0.id != live.turn.holder?.attachment }
    }

    private var activity: String {
        let idle: Duration? = live?.idleFor
        guard let idle else { return "-" }
        return idle < .seconds(2) ? "now" : Table.duration(idle)
    }
}
