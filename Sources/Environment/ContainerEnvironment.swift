import Platform
package import SessionModel
package import Wire

/// An environment in a container: what there is to make is in the order; `cmdop-prepare` makes it.
package struct ContainerEnvironment: Hashable, Sendable {
    package var source: ContainerOrder.Source
    package var shell: [String]
    package var limits: ResourceLimits
    package var mounts: [String]
    /// Names of variables of this process.
    package var localVariables: [String]
    package var secrets: String?
    /// A folder with a file for each of those that programs have as files.
    package var secretFiles: String?
    /// Whether images may be built on that have instructions for what is built on them.
    package var allowsOnBuild = false

    package init(
        source: ContainerOrder.Source, shell: [String], limits: ResourceLimits, mounts: [String],
        localVariables: [String], secrets: String?
    ) {
        precondition(!shell.isEmpty, "a configuration without a shell is refused where it is read")
        self.source = source
        self.shell = shell
        self.limits = limits
        self.mounts = mounts
        self.localVariables = localVariables
        self.secrets = secrets
    }

    package func plan(for terms: SessionTerms, _ incarnation: Incarnation) throws(SecretFilesError) -> LaunchPlan {
        // The container has them from what makes it; the host masks them.
        let values = try SecretFiles.variables(in: secrets) + SecretFiles.files(in: secretFiles)
        let secret = ShellStartUp.newSecret()
        let variables =
            [
                EnvironmentVariable(name: "TERM", value: "xterm-256color"),
                EnvironmentVariable(name: SessionVariables.session, value: terms.session.text),
            ] + terms.locale
            + (secretFiles == nil
                ? [] : [EnvironmentVariable(name: SessionVariables.secrets, value: ContainerOrder.secretsFolder)])
        let rebuild = "\(terms.stateDirectory)/\(SessionFiles.rebuild)"
        var order = ContainerOrder(
            session: terms.session, stateDirectory: terms.stateDirectory, source: source, shell: shell, secret: secret,
            variables: variables, limits: limits, mounts: mounts,
            localVariables: localVariables.compactMap { name in
                ThisProgram.variable(name).map { EnvironmentVariable(name: name, value: $0) }
            }, secrets: secrets,
            runtimeDirectory: ThisProgram.variable("XDG_RUNTIME_DIR"), isRebuild: FileStatus.exists(rebuild))
        order.secretFiles = secretFiles
        order.allowsOnBuild = allowsOnBuild
        let program = LaunchedProgram(path: shell[0], arguments: shell)
        return terms.plan(
            incarnation, shell: program, commandShell: program, privateShell: program, variables: variables,
            directory: "/",
            marks: ShellMarking(secret: secret, arguments: [], directory: "", files: [], variables: []),
            preparation: Preparation(
                program: LaunchedProgram(
                    path: "\(ThisProgram.directory)/cmdop-prepare", arguments: ["cmdop-prepare"]),
                recipe: order.encoded), secrets: values)
    }
}
