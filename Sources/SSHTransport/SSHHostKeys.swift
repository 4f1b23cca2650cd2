import CSSH
package import SessionModel

/// The server's host keys and everything that is agreed on before a client is known.
///
/// libssh keeps error state, keys and flags in it, so there is one for each loop, made on the loop's thread.
package final class SSHHostKeys {
    let raw: ssh_bind
    /// The SHA-256 fingerprints of the keys, in the order of the files.
    package let fingerprints: [Fingerprint]

    /// Reads the private keys. Throws ``SSHError/hostKey(path:reason:)`` for one that is missing, open to others or
    /// not a key.
    package init(hostKeyFiles: [String]) throws(SSHError) {
        // Both are per thread, and the default writes to standard error.
        ssh_set_log_level(CInt(SSH_LOG_NOLOG))
        guard let raw = ssh_bind_new() else { throw .outOfMemory(call: "ssh_bind_new") }
        do throws(SSHError) {
            try Self.configure(raw)
            var fingerprints: [Fingerprint] = []
            for path in hostKeyFiles { fingerprints.append(try Self.load(path, into: raw)) }
            guard !fingerprints.isEmpty else { throw .hostKey(path: "", reason: "is missing: no file was named") }
            self.fingerprints = fingerprints
            self.raw = raw
        } catch {
            ssh_bind_free(raw)
            throw error
        }
    }

    deinit { ssh_bind_free(raw) }

    private static func configure(_ bind: ssh_bind) throws(SSHError) {
        // First of all, or /etc/ssh/libssh_server_config replaces what follows.
        var processesConfiguration = false
        try set(bind, SSH_BIND_OPTIONS_PROCESS_CONFIG, &processesConfiguration)
        // One exchange of one cheap curve: a stranger must not be able to buy more than half a millisecond.
        try set(bind, SSH_BIND_OPTIONS_KEY_EXCHANGE, "curve25519-sha256,curve25519-sha256@libssh.org")
        let ciphers =
            "aes128-gcm@openssh.com,aes256-gcm@openssh.com,chacha20-poly1305@openssh.com,"
            + "aes128-ctr,aes192-ctr,aes256-ctr"
        try set(bind, SSH_BIND_OPTIONS_CIPHERS_C_S, ciphers)
        try set(bind, SSH_BIND_OPTIONS_CIPHERS_S_C, ciphers)
        let codes = "hmac-sha2-256-etm@openssh.com,hmac-sha2-512-etm@openssh.com"
        try set(bind, SSH_BIND_OPTIONS_HMAC_C_S, codes)
        try set(bind, SSH_BIND_OPTIONS_HMAC_S_C, codes)
        try set(bind, SSH_BIND_OPTIONS_HOSTKEY_ALGORITHMS, "ssh-ed25519,rsa-sha2-512,rsa-sha2-256")
        try set(
            bind, SSH_BIND_OPTIONS_PUBKEY_ACCEPTED_KEY_TYPES, KeyKind.signatures.joined(separator: ","))
        var smallest = CInt(KeyKind.smallestRSA)
        try set(bind, SSH_BIND_OPTIONS_RSA_MIN_SIZE, &smallest)
        try set(bind, SSH_BIND_OPTIONS_BANNER, "cmdop_0.1")
    }

    private static func load(_ path: String, into bind: ssh_bind) throws(SSHError) -> Fingerprint {
        let key = try readHostKey(path)
        guard let fingerprint = KeyHandle.fingerprint(of: key.borrowed) else {
            throw .hostKey(path: path, reason: "can not be read: it is not a whole key")
        }
        let kind = KeyKind(ssh_key_type(key.borrowed))
        guard kind == .ed25519 || kind == .rsa else {
            throw .hostKey(path: path, reason: "is of a kind that is not offered; use ed25519 or RSA")
        }
        // The bind takes the key over only when it says so.
        guard ssh_bind_options_set(bind, SSH_BIND_OPTIONS_IMPORT_KEY, UnsafeRawPointer(key.borrowed)) == SSH_OK else {
            throw .last(on: bind, call: "ssh_bind_options_set")
        }
        _ = key.release()
        return fingerprint
    }

    private static func set(
        _ bind: ssh_bind, _ option: ssh_bind_options_e, _ value: UnsafeRawPointer
    ) throws(SSHError) {
        guard ssh_bind_options_set(bind, option, value) == SSH_OK else {
            throw .last(on: bind, call: "ssh_bind_options_set")
        }
    }
}
