/// The stock `ssh`, pointed at one server with one key and nothing of the user's own configuration.
package struct SSHClient: Sendable {
    package let port: UInt16
    package let key: SSHKeyPair
    package var options: [String]

    package init(port: UInt16, key: SSHKeyPair, options: [String] = []) {
        self.port = port
        self.key = key
        self.options = options
    }

    /// The command line: options that every test wants, ours, then the destination and what is to run there.
    package func arguments(_ user: String, flags: [String] = [], _ command: [String] = []) -> [String] {
        let fixed = [
            "ssh", "-F", "none", "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null",
            "-o", "IdentitiesOnly=yes", "-o", "IdentityAgent=none", "-o", "LogLevel=ERROR", "-i", key.path,
            "-p", String(port),
        ]
        return fixed + options + flags + ["\(user)@127.0.0.1"] + command
    }

    /// Attaches on a terminal, as a person does.
    package func attach(
        _ user: String, flags: [String] = [], _ command: String..., columns: UInt16 = 80, rows: UInt16 = 24
    ) throws -> PseudoTerminal {
        let forced = command.isEmpty ? [] : ["-tt"]
        return try PseudoTerminal(arguments(user, flags: forced + flags, command), columns: columns, rows: rows)
    }

    /// Runs a command without a terminal, as a script does; no command is a shell fed by the input.
    package func run(
        _ user: String, flags: [String] = [], _ command: String..., input: [UInt8] = [],
        within limit: Duration = patience
    ) async throws -> CommandRun {
        try await CommandRun(arguments(user, flags: ["-T"] + flags, command), input: input, within: limit)
    }

    /// Starts a command without a terminal and leaves its streams to the test.
    package func start(_ user: String, flags: [String] = [], _ command: String...) throws -> RunningCommand {
        try RunningCommand(arguments(user, flags: ["-T"] + flags, command))
    }
}
