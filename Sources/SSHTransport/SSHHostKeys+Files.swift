private import CSSH
private import Glibc
private import Platform
package import SessionModel
private import SystemPackage

extension SSHHostKeys {
    /// Makes an ed25519 host key of mode 0600 where there is none; never overwrites. True when it made one.
    ///
    /// The key appears whole or not at all, and of two servers that start at once one makes it.
    @discardableResult
    package static func createHostKey(at path: String) throws(SSHError) -> Bool {
        if access(path, F_OK) == 0 { return false }
        var bytes = Array(try newKeyText().utf8)
        defer { for index in bytes.indices { bytes[index] = 0 } }
        let draft = "\(path).\(getpid()).new"
        _ = unlink(draft)
        let fd = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard fd >= 0 else { throw hostKey(path, "can not be made") }
        defer { _ = unlink(draft) }
        let file = OwnedDescriptor(taking: FileDescriptor(rawValue: fd))
        guard writeAll(bytes, to: file.borrowed), fsync(fd) == 0 else { throw hostKey(path, "can not be written") }
        guard link(draft, path) == 0 else {
            if errno == EEXIST { return false }
            throw hostKey(path, "can not be made")
        }
        return true
    }

    /// The SHA-256 fingerprint of a private key's public half.
    package static func fingerprint(ofHostKeyAt path: String) throws(SSHError) -> Fingerprint {
        let key = try readHostKey(path)
        guard let fingerprint = KeyHandle.fingerprint(of: key.borrowed) else {
            throw .hostKey(path: path, reason: "can not be read: it is not a whole key")
        }
        return fingerprint
    }

    /// Reads a private key that nobody else can.
    static func readHostKey(_ path: String) throws(SSHError) -> KeyHandle {
        var status = stat()
        guard stat(path, &status) == 0 else { throw hostKey(path, "can not be read") }
        guard status.st_mode & S_IFMT == S_IFREG else { throw .hostKey(path: path, reason: "is not a file") }
        guard status.st_mode & 0o077 == 0 else {
            throw .hostKey(path: path, reason: "can be read by others; chmod 600 it, or delete it to get a new one")
        }
        var raw: ssh_key?
        // An empty passphrase, so that nobody is asked for one at the terminal.
        guard ssh_pki_import_privkey_file(path, "", nil, nil, &raw) == SSH_OK, let raw else {
            throw .hostKey(path: path, reason: "is not a private key without a passphrase")
        }
        return KeyHandle(taking: raw)
    }

    private static func newKeyText() throws(SSHError) -> String {
        var raw: ssh_key?
        guard ssh_pki_generate(SSH_KEYTYPE_ED25519, 0, &raw) == SSH_OK, let raw else {
            throw .failed(call: "ssh_pki_generate", reason: "no key was made")
        }
        let key = KeyHandle(taking: raw)
        var text: UnsafeMutablePointer<CChar>?
        guard ssh_pki_export_privkey_base64(key.borrowed, nil, nil, nil, &text) == SSH_OK, let text else {
            throw .failed(call: "ssh_pki_export_privkey_base64", reason: "no text was made")
        }
        defer {
            explicit_bzero(text, strlen(text))
            ssh_string_free_char(text)
        }
        return String(cString: text)
    }

    private static func writeAll(_ bytes: [UInt8], to file: FileDescriptor) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let outcome = rest.withUnsafeBytes { try? file.writeAvailable($0) }
            guard case .completed(let count) = outcome, count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }

    private static func hostKey(_ path: String, _ what: String) -> SSHError {
        .hostKey(path: path, reason: "\(what): \(Errno(rawValue: errno))")
    }
}
