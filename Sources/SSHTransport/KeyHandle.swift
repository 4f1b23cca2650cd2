import CSSH
import SessionModel

/// Owns one `ssh_key`. Not copyable, so it is freed once; not `Sendable`, so it stays on its thread.
struct KeyHandle: ~Copyable {
    private let raw: ssh_key

    init(taking raw: ssh_key) { self.raw = raw }

    deinit { ssh_key_free(raw) }

    var borrowed: ssh_key { raw }

    /// Hands the key to code that will free it.
    consuming func release() -> ssh_key {
        let key = raw
        discard self
        return key
    }

    /// The public key in a form that can be compared, or the sentence that says why it can not be accepted.
    static func offered(by key: ssh_key) throws(SSHError) -> OfferedKey {
        let type = ssh_key_type(key)
        let name = ssh_key_type_to_char(type).map { String(cString: $0) } ?? "unknown"
        guard let kind = KeyKind(type) else {
            throw .publicKey("keys of type \(name.quoted) are not accepted\(advice(name))")
        }
        guard let blob = blob(of: key), let fingerprint = fingerprint(of: key) else {
            throw .publicKey("the key does not have the form of its type, \(name.quoted)")
        }
        if kind == .rsa {
            let bits = KeyKind.modulusBits(ofRSA: blob)
            guard bits >= KeyKind.smallestRSA else {
                throw .publicKey("the RSA key has \(bits) bits; at least \(KeyKind.smallestRSA) are needed")
            }
        }
        return OfferedKey(blob: blob, fingerprint: fingerprint)
    }

    private static func blob(of key: ssh_key) -> [UInt8]? {
        var text: UnsafeMutablePointer<CChar>?
        guard ssh_pki_export_pubkey_base64(key, &text) == SSH_OK, let text else { return nil }
        defer { ssh_string_free_char(text) }
        return Base64.decode(UnsafeBufferPointer(start: text, count: strlen(text)).lazy.map { UInt8(bitPattern: $0) })
    }

    static func fingerprint(of key: ssh_key) -> Fingerprint? {
        var hash: UnsafeMutablePointer<UInt8>?
        var length = 0
        guard ssh_get_publickey_hash(key, SSH_PUBLICKEY_HASH_SHA256, &hash, &length) == SSH_OK else { return nil }
        defer { ssh_clean_pubkey_hash(&hash) }
        guard let text = ssh_get_fingerprint_hash(SSH_PUBLICKEY_HASH_SHA256, hash, length) else { return nil }
        defer { ssh_string_free_char(text) }
        return Fingerprint(text: String(cString: text))
    }

    static func advice(_ type: String) -> String {
        if type.contains("-cert-v01@") { return "; certificates are not checked yet, so they admit nobody" }
        return "; use ed25519, ecdsa, rsa of \(KeyKind.smallestRSA) bits or more, or a FIDO (sk-) key"
    }
}
