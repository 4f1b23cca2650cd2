import CSSH

/// The kinds of public key that can be accepted; certificates, DSA and what libssh may learn later are none of them.
enum KeyKind: String, CaseIterable {
    case ed25519 = "ssh-ed25519"
    case ecdsa256 = "ecdsa-sha2-nistp256"
    case ecdsa384 = "ecdsa-sha2-nistp384"
    case ecdsa521 = "ecdsa-sha2-nistp521"
    case rsa = "ssh-rsa"
    case securityKeyEd25519 = "sk-ssh-ed25519@openssh.com"
    case securityKeyECDSA = "sk-ecdsa-sha2-nistp256@openssh.com"

    /// The smallest RSA key, in bits.
    static let smallestRSA = 3072

    /// The names of the signatures that these keys make.
    static let signatures = [
        "ssh-ed25519", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521", "rsa-sha2-512",
        "rsa-sha2-256", "sk-ssh-ed25519@openssh.com", "sk-ecdsa-sha2-nistp256@openssh.com",
    ]

    init?(_ type: ssh_keytypes_e) {
        switch type {
        case SSH_KEYTYPE_ED25519: self = .ed25519
        case SSH_KEYTYPE_ECDSA_P256: self = .ecdsa256
        case SSH_KEYTYPE_ECDSA_P384: self = .ecdsa384
        case SSH_KEYTYPE_ECDSA_P521: self = .ecdsa521
        case SSH_KEYTYPE_RSA: self = .rsa
        case SSH_KEYTYPE_SK_ED25519: self = .securityKeyEd25519
        case SSH_KEYTYPE_SK_ECDSA: self = .securityKeyECDSA
        default: return nil
        }
    }

    /// The bits of an RSA key's modulus, from its wire format (RFC 4253 section 6.6): name, exponent, modulus.
    static func modulusBits(ofRSA blob: [UInt8]) -> Int {
        var rest = blob[...]
        _ = takeString(&rest)
        _ = takeString(&rest)
        let modulus = takeString(&rest).drop { $0 == 0 }
        guard let first = modulus.first else { return 0 }
        return modulus.count * 8 - first.leadingZeroBitCount
    }

    private static func takeString(_ rest: inout ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        guard rest.count >= 4 else { return [] }
        let length = rest.prefix(4).reduce(0) { $0 << 8 | Int($1) }
        let body = rest.dropFirst(4).prefix(length)
        rest = rest.dropFirst(4 + body.count)
        return body
    }
}
