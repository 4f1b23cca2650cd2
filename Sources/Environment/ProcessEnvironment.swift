package import Platform
package import SessionModel
package import Wire

/// An environment of plain processes: a user of this machine, their home, a login shell.
package struct ProcessEnvironment: Hashable, Sendable {
    /// The program of the terminal and its arguments.
    package var shell: [String]
    /// Absolute, or beginning with `~` for the user's home.
    package var directory: String
    package var account: Account
    package var limits: ResourceLimits
    /// A folder with a file for each secret.
    package var secrets: String?
    /// Likewise for those that programs have as files.
    package var secretFiles: String?
    /// Besides those that every session has; these win.
    package var variables: [EnvironmentVariable] = []
    package var mask: UInt32 = 0o022
    /// For each process; `nil` for as many as the server may.
    package var openFiles: UInt64?

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
        let isOther = account.user != Account.current.user
        // What only the server may enter, another user could not read.
        let files = isOther ? "\(Self.sharedFiles)/\(key(of: terms))" : "\(terms.stateDirectory)/shell"
        let folder = try secretFolder(for: terms)
        let variables =
            variables(for: terms)
            + (folder.map { [EnvironmentVariable(name: SessionVariables.secrets, value: $0.directory)] } ?? [])
        let startUp = ShellStartUp(shell: shell, directory: files, variables: variables)
        var plan = terms.plan(
            incarnation, shell: LaunchedProgram(path: shell[0], arguments: shell),
            commandShell: LaunchedProgram(path: shell[0], arguments: [shell[0]]),
            privateShell: LaunchedProgram(path: shell[0], arguments: shell),
            variables: variables, directory: resolvedDirectory,
            marks: startUp.map {
                ShellMarking(
                    secret: ShellStartUp.newSecret(), arguments: $0.arguments, directory: files, files: $0.files,
                    variables: $0.variables)
            },
            group: ProcessGroupPlan(name: SessionGroup.name(in: terms.stateDirectory), limits: limits),
            secrets: secrets)
        if isOther {
            plan.credentials = ProcessCredentials(user: account.user, group: account.group, groups: account.groups)
        }
        plan.secretFolder = folder
        plan.mask = mask
        plan.openFiles = openFiles
        return plan
    }

    private static let sharedFiles = "/run/cmdop-shells"

    /// - Parameter directory: a session's own.
    package static func sharedSecrets(of directory: String) -> String {
        "/run/cmdop-secrets/\(SessionGroup.name(in: directory))"
    }

    /// On no disk, where root may choose.
    private func secretFolder(for terms: SessionTerms) throws(SecretFilesError) -> SecretFolder? {
        guard let secretFiles else { return nil }
        let directory =
            Account.current.isRoot
            ? Self.sharedSecrets(of: terms.stateDirectory) : "\(terms.stateDirectory)/secrets"
        return SecretFolder(directory: directory, files: try SecretFiles.files(in: secretFiles))
    }

    /// Another for each session of each server.
    private func key(of terms: SessionTerms) -> Substring { Digest.text(of: terms.stateDirectory).prefix(8) }

    /// What programs inside see: the user's, and which session they are in. `TERM` is what the session's own
    /// terminal is, whatever the clients have.
    private func variables(for terms: SessionTerms) -> [EnvironmentVariable] {
        let system = account.isRoot ? "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin" : ""
        let usual = [
            EnvironmentVariable(name: "HOME", value: account.home),
            EnvironmentVariable(name: "USER", value: account.name),
            EnvironmentVariable(name: "LOGNAME", value: account.name),
            EnvironmentVariable(name: "SHELL", value: shell[0]),
            EnvironmentVariable(name: "PATH", value: system.isEmpty ? "/usr/local/bin:/usr/bin:/bin" : system),
            EnvironmentVariable(name: "TERM", value: "xterm-256color"),
            EnvironmentVariable(name: SessionVariables.session, value: terms.session.text),
            EnvironmentVariable(name: SessionVariables.directory, value: terms.stateDirectory),
        ]
        return (usual + terms.locale).filter { one in !variables.contains { $0.name == one.name } } + variables
    }

    private var resolvedDirectory: String {
        guard directory.hasPrefix("~") else { return directory }
        // Where login(1) puts a user who has no home.
        if directory == "~", !FileStatus.exists(account.home) { return "/" }
        return account.home + directory.dropFirst()
    }
}
