import Platform
import SessionModel
import Wire
import Yams

/// What only environments of plain processes have.
extension ConfigurationReader {
    mutating func user(_ node: Node) -> String? {
        guard let name = string(node, "user") else { return nil }
        guard let account = Account.named(name) else {
            report(node, "there is no user \(name.quoted) on this machine; 'user' is a name that getent passwd shows")
            return nil
        }
        let server = Account.current
        guard server.isRoot || account.user == server.user else {
            report(
                node,
                "only a server that root starts can run sessions as \(name); this one runs as \(server.name). "
                    + "Start it as root, or leave 'user' out")
            return nil
        }
        return name
    }

    private static let ownVariables: Set = ["TERM", SessionVariables.session, SessionVariables.directory]

    mutating func variables(_ node: Node) -> [EnvironmentVariable] {
        var all: [EnvironmentVariable] = []
        for pair in pairs(node, "variables") {
            guard Self.isVariable(pair.key), pair.key.utf8.count <= 256 else {
                report(pair.keyNode, "\(pair.key.quoted) is no variable's name: use letters, digits and _")
                continue
            }
            guard !Self.ownVariables.contains(pair.key) else {
                report(pair.keyNode, "\(pair.key) is the session's own; it can not be set")
                continue
            }
            guard let value = string(pair.value, pair.key) else { continue }
            guard value.utf8.count <= 32_768 else {
                report(pair.value, "\(pair.key) may have at most 32768 bytes")
                continue
            }
            all.append(EnvironmentVariable(name: pair.key, value: value))
        }
        return all
    }

    private static func isVariable(_ name: String) -> Bool {
        func isLetter(_ byte: UInt8) -> Bool { (0x41...0x5A).contains(byte & 0xDF) || byte == UInt8(ascii: "_") }
        return name.utf8.first.map(isLetter) == true
            && name.utf8.allSatisfy { isLetter($0) || (0x30...0x39).contains($0) }
    }

    /// Octal, as umask(1) has it.
    mutating func mask(_ node: Node) -> UInt32? {
        guard let text = string(node, "umask") else { return nil }
        guard (3...4).contains(text.utf8.count), let mask = UInt32(text, radix: 8), mask <= 0o777 else {
            report(node, "umask must be three octal digits, like 022 or 077")
            return nil
        }
        return mask
    }
}
