/// The SHA-256 fingerprint of a public key, as OpenSSH writes it: `SHA256:` and 43 characters of base64.
package struct Fingerprint: Hashable, Sendable, CustomStringConvertible {
    package let text: String
    package init(text: String) { self.text = text }
    package var description: String { text }
}

/// A public key that a client has *named* but not yet proved it holds.
package struct OfferedKey: Hashable, Sendable {
    /// The key in wire format (RFC 4253 section 6.6).
    package let blob: [UInt8]
    package let fingerprint: Fingerprint

    package init(blob: [UInt8], fingerprint: Fingerprint) {
        self.blob = blob
        self.fingerprint = fingerprint
    }
}

/// A public key whose possession was proved by a signature on this connection, or what stands in for one on the local
/// socket: a user whom the kernel named.
///
/// Attribution accepts only this type. The one way to make one is to consume a proof.
package struct VerifiedKey: Hashable, Sendable {
    package let blob: [UInt8]
    package let fingerprint: Fingerprint

    package init(_ offered: OfferedKey, proof: consuming SignatureProof) {
        blob = offered.blob
        fingerprint = offered.fingerprint
    }

    /// No key: the proof is the kernel's word for who connected. Its fingerprint is `local:` and the user's name, which
    /// no key's can be.
    package init(localUser proof: consuming PeerCredential) {
        blob = Array("local:\(proof.user.number)".utf8)
        fingerprint = Fingerprint(text: "local:\(proof.user.name)")
    }
}

/// Evidence that a signature check passed. Made only where the check is made; spent once.
package struct SignatureProof: ~Copyable {
    package init() {}
}
