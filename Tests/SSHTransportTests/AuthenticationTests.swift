import SessionModel
import Testing

@testable import SSHTransport

@Suite("Authentication")
struct AuthenticationTests {
    private let key = VerifiedKey(
        OfferedKey(blob: [1], fingerprint: Fingerprint(text: "SHA256:a")), proof: SignatureProof())

    @Test("the first user name binds the connection; another ends it, whatever the second one proves")
    func boundUser() {
        var authentication = Authentication(limits: SSHLimits())
        expect(authentication.query(user: "alice"), is: .of(user: "alice"))
        expect(authentication.signature(user: "root"), is: .answered(.ended(.userChanged)))
        expect(authentication.query(user: "root"), is: .answered(.ended(.userChanged)))
        expect(authentication.other(user: "root", isNone: true), is: .ended(.userChanged))
        expect(authentication.signature(user: "alice"), is: .of(user: "alice"))
    }

    @Test("the sixth failure ends the connection, and asking for the methods is none")
    func attempts() {
        var authentication = Authentication(limits: SSHLimits())
        expect(authentication.other(user: "a", isNone: true), is: .refused)
        for _ in 1...5 { expect(authentication.other(user: "a", isNone: false), is: .refused) }
        expect(authentication.other(user: "a", isNone: true), is: .ended(.tooManyAttempts))
    }

    @Test("the question after the last allowed one ends the connection")
    func queries() {
        var authentication = Authentication(limits: SSHLimits())
        for _ in 1...15 { expect(authentication.query(user: "a"), is: .of(user: "a")) }
        expect(authentication.query(user: "a"), is: .answered(.ended(.tooManyQueries)))
        #expect(authentication.attempts == 0)
    }

    @Test("a name that is none, or too long, is a failure", arguments: [nil, "", String(repeating: "x", count: 257)])
    func badNames(_ name: String?) {
        var authentication = Authentication(limits: SSHLimits())
        expect(authentication.query(user: name), is: .answered(.refused))
        #expect(authentication.attempts == 1)
        #expect(authentication.admitted == nil)
    }

    @Test("who is in stays who it is")
    func admitted() {
        var authentication = Authentication(limits: SSHLimits())
        expect(authentication.signature(user: "a"), is: .of(user: "a"))
        #expect(authentication.admitted == nil)
        expect(authentication.admit(key, user: "a"), is: .granted)
        #expect(authentication.admitted?.user == "a")
        expect(authentication.signature(user: "a"), is: .answered(.refused))
        expect(authentication.signature(user: "b"), is: .answered(.ended(.userChanged)))
        #expect(authentication.admitted?.user == "a")
    }
}
