import SessionModel

/// What the words of a command line ask the program for.
struct Invocation: Hashable {
    enum Action: Hashable {
        /// The verb and its words, as behind `ssh cmdop@host`.
        case verb(line: ByteString)
        case attach(address: String)
        case control(session: String?)
        case mcp(session: String?)
        case completion(shell: String)
        case help
    }

    var socket: String?
    var action: Action

    /// - Parameters:
    ///   - words: without the program's own name.
    ///   - isInteractive: whether a person sits at a terminal.
    init(_ words: [ByteString], isInteractive: Bool) throws(ClientFailure) {
        var rest = words.map(\.carried)[...]
        while let word = rest.first {
            if word == "--socket" {
                guard rest.count > 1 else { throw .usage("--socket needs a path") }
                socket = rest[rest.startIndex + 1]
                rest = rest.dropFirst(2)
            } else if word.hasPrefix("--socket=") {
                socket = String(word.dropFirst("--socket=".count))
                rest = rest.dropFirst()
            } else {
                break
            }
        }
        action = try Self.action(Array(rest), isInteractive: isInteractive)
    }

    private static func action(_ words: [String], isInteractive: Bool) throws(ClientFailure) -> Action {
        let second = words.count > 1 ? words[1] : nil
        let own: [String?] = ["attach", "control", "mcp", "completion"]
        if own.contains(words.first), second == "--help" || second == "-h" { return .help }
        switch words.first {
        case nil: return isInteractive ? .attach(address: "cmdop") : .verb(line: "")
        case "--help", "-h": return .help
        case "attach":
            guard words.count <= 2, second?.hasPrefix("-") != true else {
                throw .usage("usage: cmdop attach NAME[+observe]")
            }
            return .attach(address: second ?? "cmdop")
        case "control", "mcp":
            guard words.count <= 2, second?.hasPrefix("-") != true else {
                throw .usage("usage: cmdop \(words[0]) [NAME]")
            }
            return words[0] == "mcp" ? .mcp(session: second) : .control(session: second)
        case "completion":
            guard words.count == 2, let second else { throw .usage("usage: cmdop completion bash|zsh|fish") }
            return .completion(shell: second)
        default: return .verb(line: ByteString(carried: words.joined(separator: " ")))
        }
    }

    static let help = """
        cmdop: shared live sessions on this machine, without ssh.

          cmdop                          choose from the live list of sessions
          cmdop attach NAME[+observe]    share the live session NAME, or only watch it
          cmdop VERB …                   what 'ssh cmdop@host VERB …' does; 'cmdop help' lists the verbs
          cmdop control [NAME]           JSON-RPC 2.0 on standard input and output, a message a line
          cmdop mcp [NAME]               an MCP server on standard input and output, for AI agents
          cmdop completion SHELL         a completion script for bash, zsh or fish

        The server's socket: --socket PATH before everything else, or CMDOP_SOCKET; else /var/lib/cmdop/local/socket,
        /run/cmdop/socket or ./.state/local/socket. Whom the server takes you for, 'local' in its configuration says.

        Exit status: the verb's or the session's own; 2 for wrong words, 254 for what the server refuses, 255 where
        there is no server or it was lost.

        """
}
