import Foundation
import SSHTransport
import SessionModel
import TestKit
import Testing

@Suite("Keys")
struct KeyTests {
    @Test(
        "a public key's line gives the fingerprint that ssh-keygen prints",
        arguments: [SSHKeyPair.Kind.ed25519, .ecdsa, .rsa])
    func fingerprint(_ kind: SSHKeyPair.Kind) async throws {
        let pair = try await SSHKeyPair(kind)
        let words = pair.publicLine.split(separator: " ").map(String.init)
        let key = try offeredKey(type: words[0], base64: words[1])
        #expect(key.fingerprint.text == pair.fingerprint)
        #expect(Data(key.blob).base64EncodedString() == words[1])
    }

    @Test("FIDO keys are taken")
    func securityKey() throws {
        let type = "sk-ssh-ed25519@openssh.com"
        let blob = string(type) + string([UInt8](repeating: 9, count: 32)) + string("ssh:")
        #expect(try offeredKey(type: type, base64: Data(blob).base64EncodedString()).blob == blob)
    }

    @Test("what is not accepted is refused with a sentence that says what is")
    func refusals() async throws {
        let pair = try await SSHKeyPair()
        let text = String(pair.publicLine.split(separator: " ")[1])
        expectRefusal("ssh-dss", text, "not accepted; use ed25519")
        expectRefusal("ssh-ed25519-cert-v01@openssh.com", text, "certificates are not checked")
        expectRefusal("ssh-rsa", text, "does not have the form")
        expectRefusal("ecdsa-sha2-nistp256", text, "does not have the form")
        expectRefusal("ssh-ed25519", String(text.dropLast(3)), "not whole")
        expectRefusal("ssh-ed25519", "", "not whole")
        expectRefusal("ssh-ed25519", "AAAA", "not have the form")
        let longer = Data(Array(Data(base64Encoded: text) ?? Data()) + [0, 0, 0]).base64EncodedString()
        expectRefusal("ssh-ed25519", longer, "does not have the form")
        expectRefusal("x\u{1b}[2J", text, "\\u{1b}[2J")
    }

    @Test("an RSA key below 3072 bits is refused, with its size")
    func smallRSA() async throws {
        let directory = try TemporaryDirectory()
        let path = try directory.path("id")
        try await CommandRun.succeed(["ssh-keygen", "-q", "-N", "", "-t", "rsa", "-b", "2048", "-f", path])
        let words = (directory.read("id.pub") ?? "").split(separator: " ").map(String.init)
        expectRefusal(words[0], words[1], "has 2048 bits; at least 3072")
    }

    @Test("a host key is made once, for its owner alone, and ssh-keygen reads it")
    func hostKey() async throws {
        let directory = try TemporaryDirectory()
        let path = try directory.path("host/ed25519")
        #expect(try SSHHostKeys.createHostKey(at: path))
        let text = directory.read("host/ed25519")
        #expect(try !SSHHostKeys.createHostKey(at: path))
        #expect(directory.read("host/ed25519") == text)
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
        #expect(mode == 0o600)
        let files = try FileManager.default.contentsOfDirectory(
            atPath: directory.url.appendingPathComponent("host").path)
        #expect(files == ["ed25519"])
        let shown = try await CommandRun.succeed(["ssh-keygen", "-l", "-f", path])
        #expect(shown.outputText.contains(try SSHHostKeys.fingerprint(ofHostKeyAt: path).text))
    }

    @Test("a host key that is missing, open to others, encrypted or no key is refused by name")
    func badHostKeys() async throws {
        let directory = try TemporaryDirectory()
        let good = try directory.path("good")
        try SSHHostKeys.createHostKey(at: good)
        let missing = try directory.path("missing")
        expectHostKeyError(missing, "can not be read")
        expectHostKeyError(try directory.write("nonsense", to: "nonsense"), "is not a private key")
        expectHostKeyError(directory.path, "is not a file")
        let locked = try directory.path("locked")
        try await CommandRun.succeed(["ssh-keygen", "-q", "-N", "secret", "-t", "ed25519", "-f", locked])
        expectHostKeyError(locked, "without a passphrase")
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: good)
        expectHostKeyError(good, "can be read by others")
    }

    private func expectRefusal(_ type: String, _ base64: String, _ words: String) {
        #expect {
            try offeredKey(type: type, base64: base64)
        } throws: {
            "\($0)".contains(words) && !"\($0)".contains("\u{1b}")
        }
    }

    private func expectHostKeyError(_ path: String, _ words: String) {
        #expect {
            try SSHHostKeys(hostKeyFiles: [path])
        } throws: {
            "\($0)".contains(words) && "\($0)".contains(path)
        }
    }

    private func string(_ text: String) -> [UInt8] { string(Array(text.utf8)) }

    private func string(_ bytes: [UInt8]) -> [UInt8] { [0, 0, 0, UInt8(bytes.count)] + bytes }
}
