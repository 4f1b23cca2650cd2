import SSHTransport
import SessionModel
import TestKit
import Testing

@Suite("Logging in with stock clients")
struct LoginTests {
    @Test("a known key gets in under any user name, and is the one that is attributed")
    func knownKey() async throws {
        let key = try await SSHKeyPair()
        let server = try await EchoServer(admitting: [key.fingerprint])
        let run = try await server.client(key).run("deploy+x", "echo", input: Array("hello".utf8))
        #expect(run.status == .exited(0))
        #expect(run.outputText == "hello")
        #expect(run.errorText == "")
        let admitted = server.record.admitted
        #expect(admitted.map(\.user) == ["deploy+x"])
        #expect(admitted.map(\.fingerprint.text) == [key.fingerprint])
    }

    @Test("an unknown key gets the client's plain Permission denied")
    func unknownKey() async throws {
        let key = try await SSHKeyPair()
        let server = try await EchoServer(admitting: [])
        let run = try await server.client(key).run("deploy", "echo")
        #expect(run.status == .exited(255))
        #expect(run.errorText.contains("Permission denied (publickey)"))
        #expect(server.record.admitted.isEmpty)
    }

    @Test("a query for one key and a signature by another attributes the one that signed")
    func probeThenUse() async throws {
        let asked = try await SSHKeyPair()
        let used = try await SSHKeyPair(.ecdsa)
        let server = try await EchoServer(admitting: [used.fingerprint])
        let run = try await server.client(asked, options: ["-i", used.path]).run("deploy", "status 0")
        #expect(run.status == .exited(0))
        #expect(server.record.asked.map(\.text).contains(asked.fingerprint))
        #expect(server.record.admitted.map(\.fingerprint.text) == [used.fingerprint])
    }

    @Test("ed25519, ecdsa and RSA keys get in", arguments: [SSHKeyPair.Kind.ed25519, .ecdsa, .rsa])
    func kinds(_ kind: SSHKeyPair.Kind) async throws {
        let key = try await SSHKeyPair(kind)
        let server = try await EchoServer(admitting: [key.fingerprint])
        let run = try await server.client(key).run("deploy", "status 7")
        #expect(run.status == .exited(7))
    }

    @Test("an RSA key of 2048 bits does not get in, whoever admits it")
    func smallRSA() async throws {
        let directory = try TemporaryDirectory()
        let path = try directory.path("id")
        try await CommandRun.succeed(["ssh-keygen", "-q", "-N", "", "-t", "rsa", "-b", "2048", "-f", path])
        let shown = try await CommandRun.succeed(["ssh-keygen", "-l", "-f", path])
        let fingerprint = shown.outputText.split(separator: " ").first { $0.hasPrefix("SHA256:") }.map(String.init)
        let other = try await SSHKeyPair()
        let server = try await EchoServer(admitting: [fingerprint ?? ""])
        let run = try await server.client(other, options: ["-i", path]).run("deploy", "echo")
        #expect(run.errorText.contains("Permission denied"))
        #expect(server.record.admitted.isEmpty)
    }

    @Test("a certificate does not get in, though its key would")
    func certificate() async throws {
        let key = try await SSHKeyPair()
        let authority = try await SSHKeyPair()
        try await CommandRun.succeed([
            "ssh-keygen", "-q", "-s", authority.path, "-I", "id", "-n", "deploy", key.path + ".pub",
        ])
        let server = try await EchoServer(admitting: [key.fingerprint])
        let certificate = "CertificateFile=" + key.path + "-cert.pub"
        let run = try await server.client(key, options: ["-o", certificate]).run("deploy", "status 3")
        // The client falls back to the bare key: the certificate was refused before, and counted.
        #expect(run.status == .exited(3))
        #expect(server.record.admitted.map(\.fingerprint.text) == [key.fingerprint])
    }

    @Test("too many keys end the connection")
    func tooManyKeys() async throws {
        let key = try await SSHKeyPair()
        var limits = SSHLimits()
        limits.keyQueries = 1
        let others = [try await SSHKeyPair(), try await SSHKeyPair()]
        let server = try await EchoServer(admitting: others.map(\.fingerprint), limits: limits)
        let options = others.flatMap { ["-i", $0.path] }
        let run = try await server.client(key, options: options).run("deploy", "echo")
        #expect(run.status == .exited(255))
        #expect(
            run.errorText.contains("Too many authentication failures") || run.errorText.contains("Permission denied"))
        try await eventually("the end of the connection") { server.record.closed == [.tooManyQueries] }
    }
}
