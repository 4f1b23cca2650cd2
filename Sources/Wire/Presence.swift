package import ScreenModel
package import SessionModel

/// Somebody came to a session, or left it.
package struct Presence: Hashable, Sendable {
    package enum Change: UInt8, Hashable, Sendable {
        case joined = 1
        case left = 2
    }

    package var change: Change
    package var name: String
    package var kind: OperatorKind
    /// How many are attached now.
    package var attached: Int

    package init(_ change: Change, name: String, kind: OperatorKind, attached: Int) {
        self.change = change
        self.name = name
        self.kind = kind
        self.attached = attached
    }
}

/// What happened to a session while a key was away from it.
package struct Absence: Hashable, Sendable {
    package struct Turns: Hashable, Sendable {
        package var name: String
        package var count: UInt32

        package init(name: String, count: UInt32) {
            self.name = name
            self.count = count
        }
    }

    /// `nil`: the key was not here before, in this incarnation.
    package var duration: Duration?
    /// Whose turns there were, the most first.
    package var turns: [Turns]
    /// How many are attached, the one that comes included.
    package var attached: Int

    package init(duration: Duration?, turns: [Turns], attached: Int) {
        self.duration = duration
        self.turns = turns
        self.attached = attached
    }
}

/// What a session's terminal asks of its viewers' terminals besides what it shows.
package struct TerminalProperties: Hashable, Sendable {
    package var title: String
    package var mouse: TerminalModes.Mouse
    package var mouseEncoding: TerminalModes.MouseEncoding
    package var focusReporting: Bool

    package init(
        title: String = "", mouse: TerminalModes.Mouse = .none, mouseEncoding: TerminalModes.MouseEncoding = .plain,
        focusReporting: Bool = false
    ) {
        self.title = title
        self.mouse = mouse
        self.mouseEncoding = mouseEncoding
        self.focusReporting = focusReporting
    }

    package init(title: String, _ modes: TerminalModes) {
        self.init(
            title: title, mouse: modes.mouse, mouseEncoding: modes.mouseEncoding,
            focusReporting: modes.focusReporting)
    }
}
