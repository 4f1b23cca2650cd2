import Platform
import ScreenModel
import SessionModel
import Wire

/// Who attaches to what, how: everything a channel knows before its session does.
struct AttachIntent {
    let session: SessionName
    let who: Operator
    let role: Role
    let isSteering: Bool
    let transport: String
    let size: TerminalSize?
}

/// What an attached client sees besides its session.
enum Screens {
    /// The first line names session and host, so that nobody lands in the wrong session unseen.
    static func greeting(_ attach: AttachIntent, turn: TurnHolder?) -> [UInt8] {
        let steers = turn.map { "\($0.name.stripped) steers" } ?? "nobody steers"
        let how = attach.isSteering && attach.role.may(.steer) ? "" : ", you watch"
        let line = "[cmdop] session \(attach.session) on \(Machine.name): \(steers)\(how); Ctrl-] d detaches\r\n"
        return TerminalReset.begin + Array(line.utf8)
    }

    static func title(_ attach: AttachIntent, turn: TurnHolder?) -> String {
        let steers = turn.map { "\($0.name.stripped) steers" } ?? "nobody steers"
        return "\(attach.session)@\(Machine.name): \(steers)"
    }

    /// Gives the terminal back, and says why on a line of its own below whatever is shown.
    static func farewell(_ sentence: String) -> [UInt8] {
        TerminalReset.end + Array("\u{1B}[999;1H\r\n[cmdop] \(sentence)\r\n".utf8)
    }

    static func setTitle(_ title: String) -> [UInt8] { Array("\u{1B}]2;\(title)\u{1B}\\".utf8) }
}
