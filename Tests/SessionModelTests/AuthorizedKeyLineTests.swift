import SessionModel
import TestKit
import Testing

@Suite("Lines of authorized_keys")
struct AuthorizedKeyLineTests {
    private func options(_ text: String) throws -> KeyOptions {
        try #require(try KeyTexts.read(text + " ssh-ed25519 AAAA")).options
    }

    private func admits(_ from: String, _ peer: String) throws -> Bool {
        let sources = try #require(try options("from=\"\(from)\"").sources)
        return sources.admit(try #require(IPAddress(peer)))
    }

    @Test("a line is a type, a key and a comment")
    func plain() throws {
        let line = try #require(try KeyTexts.read("  ssh-ed25519 AAAA alice @ home "))
        #expect(line.key.blob == KeyTexts.blob("AAAA"))
        #expect(line.comment == "alice @ home ")
        #expect(line.options == KeyOptions())
        #expect(try KeyTexts.read("sk-ssh-ed25519@openssh.com\tAAAA")?.comment == "")
    }

    @Test("blank lines and comments are nothing", arguments: ["", "   \t", "# ssh-ed25519 AAAA", "  #x"])
    func nothing(_ line: String) throws { #expect(try KeyTexts.read(line) == nil) }

    @Test("options stand before the type; blanks and commas in quotes do not end them")
    func quoted() throws {
        let options = try options(#"from="10.0.0.0/8,!10.1.0.0/16",No-Pty,sessions="api-*,web",role="observer""#)
        #expect(!options.limits.allowsTerminal)
        #expect(options.limits.allowsPortForwarding)
        #expect(options.limits.sessions?.map(\.text) == ["api-*", "web"])
        #expect(options.limits.role == .observer)
        #expect(try self.options(#"owner="alice""#).owner == "alice")
    }

    @Test("restrict takes all away, and what follows gives back")
    func restrict() throws {
        let limits = try options("restrict,pty,no-agent-forwarding,no-X11-forwarding,no-user-rc").limits
        #expect(limits.allowsTerminal && !limits.allowsPortForwarding)
        #expect(try options("restrict,port-forwarding").limits.allowsPortForwarding)
        #expect(try !options("pty,restrict").limits.allowsTerminal)
    }

    @Test("expiry is local time unless a Z follows, and the earliest counts")
    func expiry() throws {
        #expect(try options(#"expiry-time="20260101Z""#).limits.expiresAt == 1_767_225_600)
        #expect(try options(#"expiry-time="20260101""#).limits.expiresAt == 1_767_225_600 - 7_200)
        #expect(try options(#"expiry-time="202402291230Z""#).limits.expiresAt == 1_709_209_800)
        #expect(
            try options(
                #"expiry-time="20240229123001Z",expiry-time="2030010100Z""#.replacing("2030010100Z", with: "20300101Z")
            )
            .limits.expiresAt == 1_709_209_801)
        #expect(try options(#"expiry-time="19700101Z""#).limits.isExpired(at: 1))
        #expect(try !options(#"expiry-time="19700101Z""#).limits.isExpired(at: 0))
    }

    @Test(
        "a time that is none admits nobody",
        arguments: [
            "20230229Z", "2026", "20261301", "20260101T", "2026010124", "202601012400", "2026010112345", "", "٢٠٢٦٠١٠١",
        ])
    func malformedExpiry(_ text: String) {
        #expect(KeyTexts.mistake("expiry-time=\"\(text)\" ssh-ed25519 AAAA") != nil)
    }

    @Test("from= knows addresses, networks, wildcards and negation")
    func from() throws {
        #expect(try admits("192.0.2.1", "192.0.2.1"))
        #expect(try admits("192.0.2.1", "::ffff:192.0.2.1"))
        #expect(try !admits("192.0.2.1", "192.0.2.2"))
        #expect(try admits("192.0.2.*", "192.0.2.77"))
        #expect(try admits("192.0.2.?", "192.0.2.7") && !admits("192.0.2.?", "192.0.2.77"))
        #expect(try admits("2001:db8::/32", "2001:db8:1::5") && !admits("2001:db8::/32", "2001:db9::5"))
        #expect(try admits("2001:DB8:*", "2001:db8:1::5"))
        #expect(try admits("*", "::1"))
        #expect(try admits("0.0.0.0/0", "9.9.9.9") && !admits("0.0.0.0/0", "::1"))
    }

    @Test("a negated pattern excludes wherever it stands, and alone admits nobody")
    func negation() throws {
        #expect(try !admits("10.0.0.0/8,!10.1.0.0/16", "10.1.2.3"))
        #expect(try !admits("!10.1.0.0/16,10.0.0.0/8", "10.1.2.3"))
        #expect(try admits("!10.1.0.0/16,10.0.0.0/8", "10.2.2.3"))
        #expect(try !admits("!10.1.0.0/16", "10.2.2.3"))
    }

    @Test(
        "a pattern that can not be enforced admits nobody",
        arguments: [
            "", "host.example.com", "*.example.com", "!*.de", "10.0.0.0/33", "10.0.0.1/8", "::/129", "10.0.0.0/",
            "10.0.0.0/8/8",
            "10.0.0.0/-1", "10.0.0.0,", "fe80::1%eth0", "1.2.3", "10.0.0.0/+8",
        ])
    func malformedFrom(_ text: String) { #expect(KeyTexts.mistake("from=\"\(text)\" ssh-ed25519 AAAA") != nil) }

    @Test(
        "an option that is not enforced admits nobody, and its line says which",
        arguments: [
            #"command="ls""#, #"permitopen="h:1""#, #"permitlisten="1""#, "cert-authority", #"principals="a""#,
            #"environment="A=b""#, #"tunnel="0""#, "verify-required", #"frobnicate="1""#, "frobnicate",
        ])
    func refusedOptions(_ option: String) throws {
        let sentence = try #require(KeyTexts.mistake("no-pty,\(option) ssh-ed25519 AAAA"))
        #expect(sentence.contains(option.split(separator: "=")[0]))
    }

    @Test(
        "a line of another form admits nobody",
        arguments: [
            "ssh-ed25519", "ssh-ed25519  ", "no-pty", "no-pty ", "no-pty, ssh-ed25519 AAAA", ",no-pty ssh-ed25519 AAAA",
            "role=operator ssh-ed25519 AAAA", #"role="king" ssh-ed25519 AAAA"#, "role ssh-ed25519 AAAA",
            #"role="lead ssh-ed25519 AAAA"#, #"role="lead\" ssh-ed25519 AAAA"#, #"role="lead"x ssh-ed25519 AAAA"#,
            #"role="lead",role="lead" ssh-ed25519 AAAA"#, #"no-pty="x" ssh-ed25519 AAAA"#,
            #"sessions="" ssh-ed25519 AAAA"#, #"sessions="a,,b" ssh-ed25519 AAAA"#, #"sessions="!a" ssh-ed25519 AAAA"#,
            #"owner="Al ice" ssh-ed25519 AAAA"#, "ssh-dss AAAA", "ssh-ed25519-cert-v01@openssh.com AAAA",
            "ssh-ed25519 bad", "AAAA", "2048 35 12345 me", "no-pty AAAA ssh-ed25519", "\u{FEFF}ssh-ed25519 AAAA",
            "ssh-ed25519 AAAA\r", "ssh-ed25519\u{0} AAAA", "ssh-ed25519 AAAA \u{1B}[2J",
            "ssh-ed25519 AAAA " + String(repeating: "x", count: 16 * 1_024),
        ])
    func malformed(_ line: String) { #expect(KeyTexts.mistake(line) != nil) }

    @Test("bytes that are not UTF-8 admit nobody")
    func notText() {
        #expect(throws: KeyLineError.self) {
            try AuthorizedKeyLine(
                Array("ssh-ed25519 AAAA ".utf8) + [0xFF], localTime: \.secondsInUTC, offeredKey: KeyTexts.offeredKey)
        }
    }

    @Test("what a line says is shown without its control characters")
    func shownSafely() throws {
        let sentence = try #require(KeyTexts.mistake("\u{9B}31m\u{202E}x ssh-ed25519 AAAA"))
        #expect(sentence.unicodeScalars.allSatisfy { $0.isASCII && $0.value >= 0x20 || $0 == "…" })
    }

    @Test("mutated lines never trap, and never lose an option that narrows")
    func fuzz() throws {
        let seed =
            #"from="10.0.0.0/8,!10.1.0.0/16",expiry-time="20300101Z",restrict,sessions="api-*" ssh-ed25519 AAAA me"#
        var numbers = SteadyNumbers(seed: 2)
        var accepted = 0
        for _ in 0..<20_000 {
            let bytes = numbers.mutated(Array(seed.utf8), with: Array("\",=\\ \t#!*/Z".utf8))
            let line = try? AuthorizedKeyLine(bytes, localTime: \.secondsInUTC, offeredKey: KeyTexts.offeredKey)
            guard let line else { continue }
            accepted += 1
            let text = String(decoding: bytes, as: UTF8.self)
            if text.hasPrefix("from=") { #expect(line.options.sources != nil) }
        }
        #expect(accepted > 100)
    }
}
