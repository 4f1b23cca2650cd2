package import SessionModel

/// All that a host is told when it is started: what to run, and under which rules. Format: `Formats/launch-plan.md`.
package struct LaunchPlan: Hashable, Sendable {
    package static let version: UInt16 = 5

    package var session: SessionName
    package var incarnation: Incarnation
    /// The session's own directory: socket, journal, log.
    package var stateDirectory: String
    /// The name of the environment, for people.
    package var environment: String
    /// Program and arguments of the shell that the terminal runs; the program is `argv[0]` without a leading `-`.
    package var shell: LaunchedProgram
    /// What a command beside the terminal is handed to, with `-c` and the command added.
    package var commandShell: LaunchedProgram
    /// What runs for a shell without a terminal.
    package var privateShell: LaunchedProgram
    package var variables: [EnvironmentVariable]
    package var directory: String
    package var size: TerminalSize
    package var turns: TurnRules
    /// Rows.
    package var scrollback: Int
    package var createdBy: Operator
    /// How the shell comes to mark its prompts and commands; `nil` for a shell that does not.
    package var marks: ShellMarking?
    /// What makes the place that the session runs in, before its shell starts there; `nil` where it is there already.
    package var preparation: Preparation?
    /// `nil` where what is prepared brings its own.
    package var group: ProcessGroupPlan?
    /// What programs see besides the variables, and what nobody is to read: masked wherever they print it. In a place
    /// that is made they have it from there.
    package var secrets: [EnvironmentVariable]
    /// Further secrets, as files.
    package var secretFolder: SecretFolder?
    /// `nil` for whom the host runs as.
    package var credentials: ProcessCredentials?
    /// What the files that its processes make are closed to (umask(2)).
    package var mask: UInt32 = 0o022
    /// How many files each of its processes may have open; `nil` for as many as the host may.
    package var openFiles: UInt64?
    /// `nil` for a session that may stand idle for ever.
    package var idle: IdleTerms?

    package init(
        session: SessionName, incarnation: Incarnation, stateDirectory: String, environment: String,
        shell: LaunchedProgram, commandShell: LaunchedProgram, privateShell: LaunchedProgram,
        variables: [EnvironmentVariable], directory: String, size: TerminalSize, turns: TurnRules, scrollback: Int,
        createdBy: Operator, marks: ShellMarking? = nil,
        preparation: Preparation? = nil, group: ProcessGroupPlan? = nil, secrets: [EnvironmentVariable] = []
    ) {
        self.session = session
        self.incarnation = incarnation
        self.stateDirectory = stateDirectory
        self.environment = environment
        self.shell = shell
        self.commandShell = commandShell
        self.privateShell = privateShell
        self.variables = variables
        self.directory = directory
        self.size = size
        self.turns = turns
        self.scrollback = scrollback
        self.createdBy = createdBy
        self.marks = marks
        self.preparation = preparation
        self.group = group
        self.secrets = secrets
    }
}

extension LaunchPlan {
    /// The whole environment of programs where no place is made.
    package var ownVariables: [EnvironmentVariable] {
        variables.filter { variable in !secrets.contains { $0.name == variable.name } } + secrets
    }

    /// The same for the terminal's shell. Of two values of a name, shells take the one or the other.
    package func shellVariables(_ marks: ShellMarking?) -> [EnvironmentVariable] {
        let added = marks?.variables ?? []
        return ownVariables.filter { variable in !added.contains { $0.name == variable.name } } + added
    }

    /// What nobody is to read where the session's programs print it.
    package var hiddenValues: [String] { (secrets + (secretFolder?.files ?? [])).map(\.value) }
}

/// What makes the place that a session runs in: a container. The host knows no recipes; it runs the program and takes
/// what comes out of it.
package struct Preparation: Hashable, Sendable {
    /// Runs in the session's terminal until the place is there, and once more without one when the session ended.
    package var program: LaunchedProgram
    /// What the program is told on descriptor 3.
    package var recipe: [UInt8]

    package init(program: LaunchedProgram, recipe: [UInt8]) {
        self.program = program
        self.recipe = recipe
    }
}

/// What a shell needs so that it marks its prompts and commands.
package struct ShellMarking: Hashable, Sendable {
    /// A file that is written before the shell starts, for its owner alone.
    package struct File: Hashable, Sendable {
        /// Relative to `directory`.
        package var path: String
        package var contents: String

        package init(path: String, contents: String) {
            self.path = path
            self.contents = contents
        }
    }

    /// What every mark carries; the shell reads it from descriptor 3, and nothing else ever has it.
    package var secret: String
    /// What the shell is started with instead of its usual arguments.
    package var arguments: [String]
    package var directory: String
    package var files: [File]
    /// For the terminal's shell alone, besides what every process has.
    package var variables: [EnvironmentVariable]

    package init(
        secret: String, arguments: [String], directory: String, files: [File], variables: [EnvironmentVariable]
    ) {
        self.secret = secret
        self.arguments = arguments
        self.directory = directory
        self.files = files
        self.variables = variables
    }
}

/// A program and the arguments that it is started with; `arguments[0]` is its name for itself.
package struct LaunchedProgram: Hashable, Sendable {
    package var path: String
    package var arguments: [String]

    package init(path: String, arguments: [String]) {
        self.path = path
        self.arguments = arguments
    }
}

/// One variable of a process's environment.
package struct EnvironmentVariable: Hashable, Sendable {
    package var name: String
    package var value: String

    package init(name: String, value: String) {
        self.name = name
        self.value = value
    }
}

extension LaunchPlan {
    package var encoded: [UInt8] {
        var writer = ByteWriter(reserving: 1_024)
        writer.put(Self.version)
        writer.put(session.text)
        writer.put(incarnation.rawValue)
        writer.put(stateDirectory)
        writer.put(environment)
        for program in [shell, commandShell, privateShell] { writer.put(program) }
        writer.put(variables) { $0.put($1) }
        writer.put(directory)
        writer.put(size)
        writer.put(turns.releaseAfter)
        writer.put(turns.releaseLineAfter)
        writer.put(turns.reattachWithin)
        writer.put(UInt32(clamping: scrollback))
        writer.put(createdBy)
        writer.put(marks) { $0.put($1) }
        writer.put(turns.mode.rawValue)
        writer.put(turns.answerWithin)
        writer.put(preparation) { writer, preparation in
            writer.put(preparation.program)
            writer.put(preparation.recipe)
        }
        writer.put(group) { writer, group in
            writer.put(group.name)
            writer.put(group.limits)
        }
        writer.put(secrets) { $0.put($1) }
        writer.put(credentials) { $0.put($1) }
        writer.put(mask)
        writer.put(openFiles) { $0.put($1) }
        writer.put(idle) { writer, idle in
            writer.put(idle.endAfter)
            writer.put(idle.warn)
            writer.put(UInt8(idle.endsAttached ? 1 : 0) | (idle.ignored.isEmpty ? 0 : Self.hasIgnored))
            if !idle.ignored.isEmpty { writer.put(idle.ignored) { $0.put($1) } }
        }
        writer.put(secretFolder) { $0.put($1) }
        return writer.bytes
    }

    package init(decoding bytes: [UInt8]) throws(WireError) {
        var reader = ByteReader(bytes)
        let version = try reader.number(UInt16.self)
        guard (1...Self.version).contains(version) else { throw .unsupportedVersion(version) }
        guard let session = SessionName(try reader.text()) else { throw .invalid("session name") }
        self.session = session
        incarnation = Incarnation(rawValue: try reader.number())
        stateDirectory = try reader.text()
        environment = try reader.text()
        shell = try reader.program()
        commandShell = try reader.program()
        privateShell = try reader.program()
        variables = try reader.list { (reader) throws(WireError) in try reader.variable() }
        directory = try reader.text()
        size = try reader.terminalSize()
        turns = TurnRules(
            releaseAfter: try reader.duration(), releaseLineAfter: try reader.duration(),
            reattachWithin: try reader.duration())
        scrollback = Int(try reader.number(UInt32.self))
        createdBy = try reader.vouchedOperator()
        secrets = []
        marks = version < 2 ? nil : try reader.optional { (reader) throws(WireError) in try reader.shellMarking() }
        if version >= 3 {
            turns.mode = try reader.turnMode()
            turns.answerWithin = try reader.duration()
        }
        if version >= 4 { try readRest(&reader) }
        if version >= 5 {
            secretFolder = try reader.optional { (reader) throws(WireError) in try reader.secretFolder() }
        }
        try reader.finish()
    }

    /// From version 4 on, up to what came later.
    private mutating func readRest(_ reader: inout ByteReader) throws(WireError) {
        preparation = try reader.optional { (reader) throws(WireError) in
            Preparation(program: try reader.program(), recipe: Array(try reader.chunk()))
        }
        group = try reader.optional { (reader) throws(WireError) in
            ProcessGroupPlan(name: try reader.text(), limits: try reader.resourceLimits())
        }
        secrets = try reader.list { (reader) throws(WireError) in try reader.variable() }
        credentials = try reader.optional { (reader) throws(WireError) in try reader.processCredentials() }
        mask = try reader.number()
        openFiles = try reader.optional { (reader) throws(WireError) in try reader.number() }
        idle = try reader.optional { (reader) throws(WireError) in
            var terms = IdleTerms(endAfter: try reader.duration(), warn: try reader.duration())
            let flags = try reader.number(UInt8.self)
            guard flags <= 1 | Self.hasIgnored else { throw .invalid("idle terms") }
            terms.endsAttached = flags & 1 != 0
            guard flags & Self.hasIgnored != 0 else { return terms }
            terms.ignored = try reader.list { (reader) throws(WireError) in try reader.text() }
            return terms
        }
    }

    /// Of the idle rule's flags: names of programs follow.
    private static let hasIgnored: UInt8 = 2
}

extension ByteWriter {
    mutating func put(_ program: LaunchedProgram) {
        put(program.path)
        put(program.arguments) { $0.put($1) }
    }

    fileprivate mutating func put(_ marks: ShellMarking) {
        put(marks.secret)
        put(marks.arguments) { $0.put($1) }
        put(marks.directory)
        put(marks.files) { writer, file in
            writer.put(file.path)
            writer.put(Array(file.contents.utf8))
        }
        put(marks.variables) { $0.put($1) }
    }

    package mutating func put(_ variable: EnvironmentVariable) {
        put(variable.name)
        put(variable.value)
    }
}

extension ByteReader {
    mutating func program() throws(WireError) -> LaunchedProgram {
        let path = try text()
        let arguments = try list { (reader) throws(WireError) in try reader.text() }
        guard !arguments.isEmpty else { throw .invalid("arguments") }
        return LaunchedProgram(path: path, arguments: arguments)
    }

    fileprivate mutating func shellMarking() throws(WireError) -> ShellMarking {
        ShellMarking(
            secret: try text(), arguments: try list { (reader) throws(WireError) in try reader.text() },
            directory: try text(),
            files: try list { (reader) throws(WireError) in
                ShellMarking.File(
                    path: try reader.text(), contents: String(decoding: try reader.chunk(), as: UTF8.self))
            }, variables: try list { (reader) throws(WireError) in try reader.variable() })
    }

    package mutating func variable() throws(WireError) -> EnvironmentVariable {
        EnvironmentVariable(name: try text(), value: try text())
    }
}
