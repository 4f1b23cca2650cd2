/// What a client asks a channel to become.
package enum SSHStart: Hashable, Sendable {
    case shell
    /// A command, byte for byte; what it means is the shell's affair.
    case exec([UInt8])
    case subsystem(String)
}

/// A terminal that the client has; 0 x 0 where it does not know its size.
package struct SSHTerminalRequest: Hashable, Sendable {
    package let term: String
    package let columns: Int
    package let rows: Int

    package init(term: String, columns: Int, rows: Int) {
        self.term = term
        self.columns = columns
        self.rows = rows
    }
}

/// What a client asked of one channel so far: answers, and nothing else.
struct ChannelRequests {
    private let limits: SSHLimits
    private(set) var terminal: SSHTerminalRequest?
    private(set) var environment: [(name: String, value: String)] = []
    private(set) var start: SSHStart?

    init(limits: SSHLimits) { self.limits = limits }

    /// One terminal, and before the start.
    mutating func askForTerminal(term: String?, columns: CInt, rows: CInt) -> Bool {
        guard start == nil, terminal == nil else { return false }
        // A name that is not one is no reason to leave somebody without a terminal.
        let isName = term.map { !$0.isEmpty && $0.utf8.count <= limits.nameLength && $0.utf8.allSatisfy(Self.isNamed) }
        terminal = SSHTerminalRequest(
            term: isName == true ? term ?? "" : "unknown", columns: Self.cells(columns), rows: Self.cells(rows))
        return true
    }

    /// LANG and LC_*, and before the start: other variables change what programs do.
    mutating func askForVariable(name: String?, value: String?) -> Bool {
        guard start == nil, let name, let value, Self.isLocaleVariable(name),
            value.utf8.count <= limits.environmentValueLength, value.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
        else { return false }
        environment.removeAll { $0.name == name }
        guard environment.count < limits.environmentVariables else { return false }
        environment.append((name, value))
        return true
    }

    /// One start: libssh passes every one on.
    func mayStart(_ request: SSHStart) -> Bool { start == nil && isWithinLimits(request) }

    mutating func begin(_ request: SSHStart) { start = request }

    /// A window's measure, which libssh passes on as a signed number.
    static func cells(_ value: CInt) -> Int { Int(min(max(value, 0), 65_535)) }

    /// A signal's name without SIG (RFC 4254 section 6.9).
    static func isSignalName(_ name: String) -> Bool {
        (1...16).contains(name.utf8.count)
            && name.utf8.allSatisfy { (0x41...0x5A).contains($0) || (0x30...0x39).contains($0) }
    }

    private func isWithinLimits(_ request: SSHStart) -> Bool {
        switch request {
        case .shell: true
        case .exec(let command): command.count <= limits.requestLength
        case .subsystem(let name): !name.isEmpty && name.utf8.count <= limits.nameLength
        }
    }

    private static func isNamed(_ byte: UInt8) -> Bool { (0x21...0x7E).contains(byte) }

    private static func isLocaleVariable(_ name: String) -> Bool {
        if name == "LANG" { return true }
        guard name.hasPrefix("LC_"), (4...32).contains(name.utf8.count) else { return false }
        return name.utf8.allSatisfy { (0x41...0x5A).contains($0) || $0 == UInt8(ascii: "_") }
    }
}
