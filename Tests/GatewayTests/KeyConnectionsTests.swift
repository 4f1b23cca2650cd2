import SessionModel
import Testing

@testable import Gateway

@Suite("The connections of a key")
struct KeyConnectionsTests {
    private let alice = Fingerprint(text: "alice")
    private let bob = Fingerprint(text: "bob")

    @Test("are bounded, and leave room for other keys")
    func bounded() {
        let connections = KeyConnections(limit: 2)
        let held = [connections.take(for: alice), connections.take(for: alice)]
        #expect(held.allSatisfy { $0 != nil })
        #expect(connections.take(for: alice) == nil)
        #expect(connections.take(for: bob) != nil)
    }

    @Test("may be as many again when some have ended")
    func givenBack() {
        let connections = KeyConnections(limit: 1)
        for _ in 0..<3 { #expect(connections.take(for: alice) != nil) }
    }

    @Test("of a user of this machine on the local socket are at most half of all")
    func localUsers() {
        let gate = LocalGate(limit: 4)
        let first = [gate.take(for: 1_000), gate.take(for: 1_000)]
        #expect(first.allSatisfy { $0 != nil } && gate.take(for: 1_000) == nil)
        let second = [gate.take(for: 0), gate.take(for: 0)]
        #expect(second.allSatisfy { $0 != nil } && gate.take(for: 1) == nil)
    }
}
