import SessionModel

/// Who attaches to what, how: everything a channel knows before its session does.
struct AttachIntent {
    let session: SessionName
    let who: Operator
    let role: Role
    /// What keeps an agent from acting by itself.
    var limits = AgentLimits.none
    let isSteering: Bool
    let transport: String
    let size: TerminalSize?
    let terminal: ClientTerminal
    /// Whether the client asked for a terminal at all.
    var hasTerminal = true
    /// Rows of scrollback that go into the client's own.
    var scrollback = 200
    var panelKey = PanelKey.standard
}
