import SessionModel
import TestKit
import Testing

@Suite("Session addresses")
struct SessionAddressTests {
    private func refusal(_ text: String) -> SessionAddressError? {
        do throws(SessionAddressError) {
            _ = try SessionAddress(userName: text)
            return nil
        } catch {
            return error
        }
    }

    @Test("a plain name is that session, attached to with the keyboard")
    func plainName() throws {
        let address = try SessionAddress(userName: "deploy")
        #expect(address.session == SessionName("deploy"))
        #expect(!address.isObserving && !address.isReplaying && address.environment == nil)
    }

    @Test("options follow a plus or a space", arguments: ["api+observe+env=swift-6.3", "api observe env=swift-6.3"])
    func options(_ text: String) throws {
        let address = try SessionAddress(userName: text)
        #expect(address.session == SessionName("api"))
        #expect(address.isObserving)
        #expect(address.environment == "swift-6.3")
    }

    @Test("replay plays the record")
    func replay() throws { #expect(try SessionAddress(userName: "api+replay").isReplaying) }

    @Test("cmdop is the lobby, and takes no options")
    func lobby() throws {
        #expect(try SessionAddress(userName: "cmdop").place == .lobby)
        #expect(try SessionAddress(userName: "cmdop").session == nil)
        #expect(refusal("cmdop+observe") == .optionsInLobby)
    }

    @Test(
        "a name of another form is refused",
        arguments: [
            "", " ", "+observe", "API", "-api", ".api", "a/b", "a\u{0}", "ä", "../x", String(repeating: "a", count: 64),
        ])
    func malformedNames(_ text: String) { #expect(refusal(text) == .malformedName) }

    @Test("options that are unknown, odd or doubled are refused, each for its reason")
    func malformedOptions() {
        #expect(refusal("api+watch") == .unknownOption)
        #expect(refusal("api+Observe") == .unknownOption)
        #expect(refusal("api+") == .malformedOption)
        #expect(refusal("api++observe") == .malformedOption)
        #expect(refusal("api+observe=yes") == .malformedOption)
        #expect(refusal("api+env") == .malformedOption)
        #expect(refusal("api+env=") == .malformedOption)
        #expect(refusal("api+env=A") == .malformedOption)
        #expect(refusal("api+env=a=b") == .malformedOption)
        #expect(refusal("api+observe+observe") == .repeatedOption("observe"))
        #expect(refusal("api+env=a+env=b") == .repeatedOption("env"))
        #expect(refusal("api+" + String(repeating: "x", count: 300)) == .tooLong)
    }

    @Test("the subsystem form names a session, and other subsystems are none of it")
    func subsystem() throws {
        let address = try SessionAddress(subsystem: "cmdop-session:web+observe")
        #expect(address?.session == SessionName("web"))
        #expect(address?.isObserving == true)
        #expect(try SessionAddress(subsystem: "sftp") == nil)
        #expect(throws: SessionAddressError.malformedName) { try SessionAddress(subsystem: "cmdop-session:") }
        #expect(throws: SessionAddressError.malformedName) { try SessionAddress(subsystem: "cmdop-session:cmdop") }
    }

    @Test("mutated user names never trap, and what is accepted can be written again")
    func fuzz() throws {
        var numbers = SteadyNumbers(seed: 1)
        for _ in 0..<20_000 {
            let bytes = numbers.mutated(Array("deploy+env=swift+observe".utf8), with: Array("+= .-_aZ".utf8))
            guard let address = try? SessionAddress(userName: String(decoding: bytes, as: UTF8.self)) else { continue }
            var text = address.session?.text ?? "cmdop"
            if address.isObserving { text += "+observe" }
            if address.isReplaying { text += "+replay" }
            if let environment = address.environment { text += "+env=" + environment }
            #expect(try SessionAddress(userName: text) == address)
        }
    }
}
