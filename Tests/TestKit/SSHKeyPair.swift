private import Foundation

/// A key pair made by ssh-keygen in a directory of its own.
package final class SSHKeyPair: Sendable {
    package enum Kind: String, Sendable {
        case ed25519, ecdsa, rsa

        fileprivate var bits: [String] {
            switch self {
            case .ed25519: []
            case .ecdsa: ["-b", "256"]
            case .rsa: ["-b", "3072"]
            }
        }
    }

    private let directory: TemporaryDirectory
    /// The private key's path, mode 0600.
    package let path: String
    /// The public key's line, without the line's end.
    package let publicLine: String
    /// `SHA256:` and the digest of the public key, as ssh-keygen prints it.
    package let fingerprint: String

    package init(_ kind: Kind = .ed25519, comment: String = "test") async throws {
        directory = try TemporaryDirectory()
        path = try directory.path("id_\(kind.rawValue)")
        try await CommandRun.succeed(
            ["ssh-keygen", "-q", "-N", "", "-C", comment, "-t", kind.rawValue, "-f", path] + kind.bits)
        let line = directory.read("id_\(kind.rawValue).pub") ?? ""
        publicLine = line.trimmingCharacters(in: .whitespacesAndNewlines)
        let shown = try await CommandRun.succeed(["ssh-keygen", "-l", "-f", path + ".pub"])
        fingerprint = shown.outputText.split(separator: " ").first { $0.hasPrefix("SHA256:") }.map(String.init) ?? ""
    }
}
