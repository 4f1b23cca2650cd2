import SSHTransport

/// A terminal that a client has; 0 x 0 where it does not know its size.
struct TerminalRequest: Hashable {
    let term: String
    let columns: Int
    let rows: Int
}

extension TerminalRequest {
    init(_ request: SSHTerminalRequest) {
        self.init(term: request.term, columns: request.columns, rows: request.rows)
    }
}
