import Testing
import Wire

@Suite("A launch plan")
struct LaunchPlanTests {
    @Test("of another version is refused before it is read", arguments: [0, 6, 0xFFFF] as [UInt16])
    func versions(_ version: UInt16) {
        let bytes = [UInt8(version >> 8), UInt8(version & 0xFF)]
        #expect(throws: WireError.unsupportedVersion(version)) { try LaunchPlan(decoding: bytes) }
    }

    @Test("needs a name that sessions may have, and programs with names for themselves")
    func refused() {
        var lobby = Samples.plan.encoded
        lobby.replaceSubrange(2..<4 + "demo-1".utf8.count, with: [0, 5] + "cmdop".utf8)
        #expect(throws: WireError.invalid("session name")) { try LaunchPlan(decoding: lobby) }
        var nameless = Samples.plan
        nameless.privateShell.arguments = []
        #expect(throws: WireError.invalid("arguments")) { try LaunchPlan(decoding: nameless.encoded) }
    }
}
