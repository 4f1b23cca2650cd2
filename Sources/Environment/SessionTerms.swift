package import SessionModel
package import Wire

/// What a new process tree of a session is started with, whatever its environment.
package struct SessionTerms: Hashable, Sendable {
    package var session: SessionName
    /// The environment's name.
    package var environment: String
    package var stateDirectory: String
    /// `LANG` and `LC_*` of the client that starts it.
    package var locale: [EnvironmentVariable]
    package var size: TerminalSize
    package var turns: TurnRules
    /// Rows.
    package var scrollback: Int
    package var createdBy: Operator
    package var idle: IdleTerms?

    package init(
        session: SessionName, environment: String, stateDirectory: String, locale: [EnvironmentVariable],
        size: TerminalSize, turns: TurnRules, scrollback: Int, createdBy: Operator
    ) {
        self.session = session
        self.environment = environment
        self.stateDirectory = stateDirectory
        self.locale = locale
        self.size = size
        self.turns = turns
        self.scrollback = scrollback
        self.createdBy = createdBy
    }

    func plan(
        _ incarnation: Incarnation, shell: LaunchedProgram, commandShell: LaunchedProgram,
        privateShell: LaunchedProgram, variables: [EnvironmentVariable], directory: String, marks: ShellMarking?,
        preparation: Preparation? = nil, group: ProcessGroupPlan? = nil, secrets: [EnvironmentVariable]
    ) -> LaunchPlan {
        var plan = LaunchPlan(
            session: session, incarnation: incarnation, stateDirectory: stateDirectory, environment: environment,
            shell: shell, commandShell: commandShell, privateShell: privateShell, variables: variables,
            directory: directory, size: size, turns: turns, scrollback: scrollback, createdBy: createdBy,
            marks: marks, preparation: preparation, group: group, secrets: secrets)
        plan.idle = idle
        return plan
    }
}
