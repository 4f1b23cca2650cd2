package import SessionModel

extension ByteWriter {
    package mutating func put(_ who: Operator) {
        put(who.name)
        put(who.kind.rawValue)
        put(who.key.fingerprint.text)
        put(who.key.blob)
    }

    package mutating func put(_ size: TerminalSize) {
        put(UInt16(size.columns))
        put(UInt16(size.rows))
    }

    /// How a process ended: its status, and the signal that ended it or 0.
    mutating func putExit(_ status: UInt8, _ signal: UInt8) {
        put(status)
        put(signal)
    }
}

extension ByteReader {
    /// An operator that a front-end vouches for: it checked the signature, and the socket's peer check is why the
    /// host takes its word.
    package mutating func vouchedOperator() throws(WireError) -> Operator {
        let name = try text()
        guard let kind = OperatorKind(rawValue: try number()) else { throw .invalid("operator kind") }
        let fingerprint = Fingerprint(text: try text())
        let blob = Array(try chunk())
        let key = VerifiedKey(OfferedKey(blob: blob, fingerprint: fingerprint), proof: SignatureProof())
        return Operator(name: name, kind: kind, key: key)
    }

    package mutating func terminalSize() throws(WireError) -> TerminalSize {
        let (columns, rows) = (try number(UInt16.self), try number(UInt16.self))
        guard let size = TerminalSize(columns: Int(columns), rows: Int(rows)) else { throw .invalid("terminal size") }
        return size
    }

    package mutating func role() throws(WireError) -> Role {
        guard let role = Role(rawValue: try number()) else { throw .invalid("role") }
        return role
    }
}
