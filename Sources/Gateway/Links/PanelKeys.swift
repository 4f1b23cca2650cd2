/// Finds the panel's keys in what a client types: `Ctrl-]` and a letter; twice sends it.
struct PanelKeys {
    enum Piece: Hashable {
        case input([UInt8])
        case command(UInt8)
    }

    static let prefix: UInt8 = 0x1D

    private var isPrefixed = false

    mutating func split(_ bytes: [UInt8]) -> [Piece] {
        guard isPrefixed || bytes.contains(Self.prefix) else { return [.input(bytes)] }
        var pieces: [Piece] = []
        var plain: [UInt8] = []
        for byte in bytes {
            if isPrefixed {
                isPrefixed = false
                if byte == Self.prefix {
                    plain.append(byte)
                } else {
                    if !plain.isEmpty { pieces.append(.input(plain)) }
                    plain = []
                    pieces.append(.command(byte))
                }
            } else if byte == Self.prefix {
                isPrefixed = true
            } else {
                plain.append(byte)
            }
        }
        if !plain.isEmpty { pieces.append(.input(plain)) }
        return pieces
    }
}
