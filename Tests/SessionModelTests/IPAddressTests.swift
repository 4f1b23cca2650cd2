import SessionModel
import Testing

@Suite("IP addresses")
struct IPAddressTests {
    @Test(
        "an address is written in its canonical form",
        arguments: [
            ("127.0.0.1", "127.0.0.1"), ("::1", "::1"), ("::", "::"), ("2001:DB8:0:0:0:0:0:1", "2001:db8::1"),
            ("2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"), ("1:0:0:2:0:0:0:3", "1:0:0:2::3"),
            ("fe80::1%eth0", "fe80::1"),
            ("::ffff:192.0.2.7", "192.0.2.7"), ("64:ff9b::192.0.2.7", "64:ff9b::c000:207"), ("1::", "1::"),
        ])
    func canonical(_ text: String, _ expected: String) { #expect(IPAddress(text)?.description == expected) }

    @Test(
        "what is no address is none",
        arguments: [
            "", "1", "1.2.3", "1.2.3.4.5", "256.0.0.1", "01.2.3.4", "1.2.3.4%lo", "1..2.3", "localhost", ":", ":::",
            "1:2",
            "1:2:3:4:5:6:7:8:9", "1::2::3", "12345::", "::1.2.3", "::g", "1:2:3:4:5:6:7::8", "+1::", ":1:2:3:4:5:6:7",
            "1.2.3.4::",
        ])
    func malformed(_ text: String) { #expect(IPAddress(text) == nil) }

    @Test("agreement counts bits")
    func bits() throws {
        let network = try #require(IPAddress("10.1.128.0"))
        let inside = try #require(IPAddress("10.1.255.3"))
        #expect(inside.agrees(with: network, bits: 17))
        #expect(!inside.agrees(with: network, bits: 18))
        #expect(inside.agrees(with: network, bits: 0))
        #expect(network.isZero(afterBits: 17) && !network.isZero(afterBits: 16))
    }
}
