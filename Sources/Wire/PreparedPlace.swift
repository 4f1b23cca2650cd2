/// Where a session runs, as its preparation made it: what the shell is, and how other programs get there.
/// Format: `Formats/prepared.md`.
package struct PreparedPlace: Hashable, Sendable {
    package static let version: UInt16 = 1
    /// Bytes at most.
    package static let limit = 128 * 1_024

    /// The shell's process, as the host sees it. Its terminal comes along as a descriptor.
    package var shell: UInt32
    /// A process that lives as long as the place, and whose namespaces are the place's.
    package var leader: UInt32
    /// Who the session's processes are, as the place's kernel knows them.
    package var user: UInt32
    package var group: UInt32
    /// What starts a program there: its options follow, then ``name``, then the program and its arguments.
    package var enter: LaunchedProgram
    package var terminalOption: String
    /// Before each `NAME=value`.
    package var variableOption: String
    package var name: String
    /// Absolute, in the place.
    package var directory: String
    /// Gets `-c` and a command.
    package var commandShell: [String]
    package var privateShell: [String]
    /// What programs there see besides the place's own.
    package var variables: [EnvironmentVariable]
    /// Secrets that programs there have, besides those of the launch plan; never shown.
    package var secrets: [String]

    package init(
        shell: UInt32, leader: UInt32, user: UInt32, group: UInt32, enter: LaunchedProgram, terminalOption: String,
        variableOption: String, name: String, directory: String, commandShell: [String], privateShell: [String],
        variables: [EnvironmentVariable], secrets: [String] = []
    ) {
        self.shell = shell
        self.leader = leader
        self.user = user
        self.group = group
        self.enter = enter
        self.terminalOption = terminalOption
        self.variableOption = variableOption
        self.name = name
        self.directory = directory
        self.commandShell = commandShell
        self.privateShell = privateShell
        self.variables = variables
        self.secrets = secrets
    }
}

extension PreparedPlace {
    /// The program that starts `arguments` there.
    package func program(_ arguments: [String], variables: [EnvironmentVariable], hasTerminal: Bool) -> LaunchedProgram
    {
        var all = enter.arguments
        if hasTerminal { all.append(terminalOption) }
        for variable in variables { all += [variableOption, "\(variable.name)=\(variable.value)"] }
        return LaunchedProgram(path: enter.path, arguments: all + [name] + arguments)
    }

    package var encoded: [UInt8] {
        var writer = ByteWriter(reserving: 1_024)
        writer.put(Self.version)
        for number in [shell, leader, user, group] { writer.put(number) }
        writer.put(enter)
        for text in [terminalOption, variableOption, name, directory] { writer.put(text) }
        for words in [commandShell, privateShell] { writer.put(words) { $0.put($1) } }
        writer.put(variables) { $0.put($1) }
        writer.put(secrets) { $0.put($1) }
        return writer.bytes
    }

    package init(decoding bytes: [UInt8]) throws(WireError) {
        var reader = ByteReader(bytes[...])
        let version = try reader.number(UInt16.self)
        guard version == Self.version else { throw .unsupportedVersion(version) }
        (shell, leader) = (try reader.number(), try reader.number())
        guard [shell, leader].allSatisfy({ (1...UInt32(Int32.max)).contains($0) }) else { throw .invalid("process") }
        (user, group) = (try reader.number(), try reader.number())
        enter = try reader.program()
        (terminalOption, variableOption) = (try reader.text(), try reader.text())
        (name, directory) = (try reader.text(), try reader.text())
        commandShell = try reader.list { (reader) throws(WireError) in try reader.text() }
        privateShell = try reader.list { (reader) throws(WireError) in try reader.text() }
        variables = try reader.list { (reader) throws(WireError) in try reader.variable() }
        secrets = try reader.list { (reader) throws(WireError) in try reader.text() }
        guard !commandShell.isEmpty, !privateShell.isEmpty else { throw .invalid("arguments") }
        try reader.finish()
    }
}
