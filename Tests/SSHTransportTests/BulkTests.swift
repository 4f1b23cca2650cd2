import SSHTransport
import TestKit
import Testing

@Suite("Many bytes", .serialized)
struct BulkTests {
    let key: SSHKeyPair

    init() async throws { key = try await SSHKeyPair() }

    @Test(
        "50 MB arrive byte for byte while either side keeps changing the keys",
        arguments: [("64K", UInt64(1) << 30), ("1M", 1 << 30), ("default", 1 << 20), ("256K", 300_000)])
    func download(_ client: String, _ server: UInt64) async throws {
        let size = 50_000_000
        let server = try await self.server(rekeyBytes: server)
        let run = try await server.client(key, options: rekey(client)).run(
            "u", "produce \(size)", within: .seconds(120))
        #expect(run.status == .exited(0))
        #expect(run.output.count == size)
        // Compared outside, because the testing library would look for the difference for hours.
        let isSame = run.output == Pattern.bytes(from: 0, count: size)
        #expect(isSame)
    }

    @Test(
        "50 MB are received byte for byte while either side keeps changing the keys",
        arguments: [("64K", UInt64(1) << 30), ("default", 1 << 20)])
    func upload(_ client: String, _ server: UInt64) async throws {
        let bytes = Pattern.bytes(from: 7, count: 50_000_000)
        var checksum = Checksum()
        checksum.add(bytes)
        let server = try await self.server(rekeyBytes: server)
        let run = try await server.client(key, options: rekey(client)).run(
            "u", "swallow", input: bytes, within: .seconds(120))
        #expect(run.outputText == "\(checksum.count) \(checksum.value)\n")
    }

    @Test("20 MB come back through an echo that reads no faster than it writes")
    func echo() async throws {
        let bytes = Pattern.bytes(from: 3, count: 20_000_000)
        let server = try await self.server(rekeyBytes: 1 << 20)
        let run = try await server.client(key).run("u", "echo", input: bytes, within: .seconds(120))
        #expect(run.status == .exited(0))
        #expect(run.errorText == "")
        #expect(run.output.count == bytes.count)
        #expect(server.record.received == bytes.count)
        let isSame = run.output == bytes
        #expect(isSame)
    }

    private func server(rekeyBytes: UInt64) async throws -> EchoServer {
        var limits = SSHLimits()
        limits.rekeyBytes = rekeyBytes
        return try await EchoServer(admitting: [key.fingerprint], limits: limits)
    }

    private func rekey(_ limit: String) -> [String] { ["-o", "RekeyLimit=\(limit)"] }
}
