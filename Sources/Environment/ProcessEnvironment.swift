package import Platform
package import SessionModel
package import Wire

/// An environment of plain processes: the server's own user, its home, a login shell.
package struct ProcessEnvironment: Hashable, Sendable {
    package var name: String
    /// The program of the terminal and its arguments.
    package var shell: [String]
    /// Absolute, or beginning with `~` for the user's home.
    package var directory: String
    package var account: Account

    package init(name: String, shell: [String], directory: String, account: Account) {
        precondition(!shell.isEmpty, "a configuration without a shell is refused where it is read")
        self.name = name
        self.shell = shell
        self.directory = directory
        self.account = account
    }

    /// What a new process tree of a session is started with.
    ///
    /// - Parameter locale: `LANG` and `LC_*` of the client that starts it.
    package func plan(
        for session: SessionName, _ incarnation: Incarnation, in stateDirectory: String,
        locale: [EnvironmentVariable], size: TerminalSize, turns: TurnRules, scrollback: Int, by who: Operator
    ) -> LaunchPlan {
        let variables = variables(for: session, in: stateDirectory) + locale
        let startUp = ShellStartUp(shell: shell, directory: "\(stateDirectory)/shell", variables: variables)
        return LaunchPlan(
            session: session, incarnation: incarnation, stateDirectory: stateDirectory, environment: name,
            shell: LaunchedProgram(path: shell[0], arguments: shell),
            commandShell: LaunchedProgram(path: shell[0], arguments: [shell[0]]),
            privateShell: LaunchedProgram(path: shell[0], arguments: shell),
            variables: variables, directory: resolvedDirectory, size: size, turns: turns, scrollback: scrollback,
            createdBy: who,
            marks: startUp.map {
                ShellMarking(
                    secret: Self.newSecret(), arguments: $0.arguments, directory: "\(stateDirectory)/shell",
                    files: $0.files,
                    variables: $0.variables)
            })
    }

    /// 128 bits that nobody can guess, in hexadecimal digits.
    private static func newSecret() -> String {
        var numbers = SystemRandomNumberGenerator()
        return (0..<2).map { _ in
            let digits = String(numbers.next(), radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }.joined()
    }

    /// What programs inside see: the user's, and which session they are in. `TERM` is what the session's own
    /// terminal is, whatever the clients have.
    private func variables(for session: SessionName, in stateDirectory: String) -> [EnvironmentVariable] {
        let system = account.isRoot ? "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin" : ""
        return [
            EnvironmentVariable(name: "HOME", value: account.home),
            EnvironmentVariable(name: "USER", value: account.name),
            EnvironmentVariable(name: "LOGNAME", value: account.name),
            EnvironmentVariable(name: "SHELL", value: shell[0]),
            EnvironmentVariable(name: "PATH", value: system.isEmpty ? "/usr/local/bin:/usr/bin:/bin" : system),
            EnvironmentVariable(name: "TERM", value: "xterm-256color"),
            EnvironmentVariable(name: SessionVariables.session, value: session.text),
            EnvironmentVariable(name: SessionVariables.directory, value: stateDirectory),
        ]
    }

    private var resolvedDirectory: String {
        guard directory.hasPrefix("~") else { return directory }
        return account.home + directory.dropFirst()
    }
}
