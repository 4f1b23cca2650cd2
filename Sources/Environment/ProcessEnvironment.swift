package import Platform
package import SessionModel
package import Wire

/// An environment of plain processes: the server's own user, its home, a login shell.
package struct ProcessEnvironment: Hashable, Sendable {
    /// The program of the terminal and its arguments.
    package var shell: [String]
    /// Absolute, or beginning with `~` for the user's home.
    package var directory: String
    package var account: Account
    package var limits: ResourceLimits
    /// A folder with a file for each secret.
    package var secrets: String?

    package init(
        shell: [String], directory: String, account: Account, limits: ResourceLimits = ResourceLimits(),
        secrets: String? = nil
    ) {
        precondition(!shell.isEmpty, "a configuration without a shell is refused where it is read")
        self.shell = shell
        self.directory = directory
        self.account = account
        self.limits = limits
        self.secrets = secrets
    }

    package func plan(for terms: SessionTerms, _ incarnation: Incarnation) throws(SecretFilesError) -> LaunchPlan {
        let secrets = try SecretFiles.variables(in: secrets)
        let files = "\(terms.stateDirectory)/shell"
        let variables = variables(for: terms) + terms.locale
        let startUp = ShellStartUp(shell: shell, directory: files, variables: variables)
        return terms.plan(
            incarnation, shell: LaunchedProgram(path: shell[0], arguments: shell),
            commandShell: LaunchedProgram(path: shell[0], arguments: [shell[0]]),
            privateShell: LaunchedProgram(path: shell[0], arguments: shell),
            variables: variables, directory: resolvedDirectory,
            marks: startUp.map {
                ShellMarking(
                    secret: ShellStartUp.newSecret(), arguments: $0.arguments, directory: files, files: $0.files,
                    variables: $0.variables)
            },
            group: ProcessGroupPlan(
                name: "\(terms.session.text)-\(Digest.text(of: terms.stateDirectory).prefix(8))", limits: limits),
            secrets: secrets)
    }

    /// What programs inside see: the user's, and which session they are in. `TERM` is what the session's own
    /// terminal is, whatever the clients have.
    private func variables(for terms: SessionTerms) -> [EnvironmentVariable] {
        let system = account.isRoot ? "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin" : ""
        return [
            EnvironmentVariable(name: "HOME", value: account.home),
            EnvironmentVariable(name: "USER", value: account.name),
            EnvironmentVariable(name: "LOGNAME", value: account.name),
            EnvironmentVariable(name: "SHELL", value: shell[0]),
            EnvironmentVariable(name: "PATH", value: system.isEmpty ? "/usr/local/bin:/usr/bin:/bin" : system),
            EnvironmentVariable(name: "TERM", value: "xterm-256color"),
            EnvironmentVariable(name: SessionVariables.session, value: terms.session.text),
            EnvironmentVariable(name: SessionVariables.directory, value: terms.stateDirectory),
        ]
    }

    private var resolvedDirectory: String {
        guard directory.hasPrefix("~") else { return directory }
        return account.home + directory.dropFirst()
    }
}
