import JSONText
import TestKit
import Testing

/// Handovers that wait for the shell's prompt.
@Suite("Handovers at the prompt")
struct PromptHandoverTests {
    private func begin() async throws -> (Team, bob: PseudoTerminal, control: ControlClient) {
        let team = try await Team(["alice", "bob", "carol"])
        let bob = try await team.attach("bob")
        let control = try ControlClient(team.client("alice"), "deploy")
        try await eventually("a prompt with nothing behind it") {
            try await control.call("session.get")["shell"]?["lineEmpty"] == true
        }
        return (team, bob, control)
    }

    private func untilHolder(_ name: String, _ control: ControlClient) async throws {
        var turn = JSONValue.null
        try await eventually("\(name)'s turn", seen: { turn.text }) {
            turn = try await control.call("turn.get")
            return turn["holder"] == .string(name)
        }
    }

    /// A command that reads a line runs, with the bytes that it has read by then on the screen.
    private func runReader(_ bob: PseudoTerminal) async throws {
        bob.type("printf 'read%s\\n' y; read line\r")
        try await bob.untilShown("ready")
    }

    @Test("a turn asked for at the prompt by a script goes over when the command has ended and nothing is typed")
    func script() async throws {
        let (team, bob, control) = try await begin()
        try await runReader(bob)
        #expect(try await control.call("turn.request", ["at": "prompt"])["place"] == 1)
        bob.panel("g")
        try await bob.untilShown("[cmdop] the turn goes over once the prompt stands")
        #expect(try await control.call("turn.get")["holder"] == "bob")
        // The end of what is read, and a line begun behind it.
        bob.type("\rhalf")
        try await bob.untilShown("half")
        try await bob.untilServed()
        let waiting = try await control.call("turn.get")
        #expect(waiting["holder"] == "bob" && waiting["waiting"]?.array?.first?["atPrompt"] == true)
        bob.type("\u{15}\r")
        try await untilHolder("alice", control)
        let state = try await control.call("session.get")["shell"]
        #expect(state?["atPrompt"] == true && state?["lineEmpty"] == true)
        withExtendedLifetime(team) {}
    }

    @Test("T takes it at the prompt, once that stands")
    func panelTakes() async throws {
        let (team, bob, control) = try await begin()
        let carol = try await team.attach("carol")
        try await runReader(bob)
        carol.panel("T")
        try await carol.untilShown("[cmdop] the turn is yours once the prompt stands")
        bob.type("words")
        try await bob.untilServed()
        #expect(try await control.call("turn.get")["holder"] == "bob")
        bob.type("\r")
        try await untilHolder("carol", control)
    }

    @Test("what the panel gives at the prompt goes over when the line there is empty")
    func panelGives() async throws {
        let (team, bob, control) = try await begin()
        let alice = try await team.attach("alice")
        _ = try await bob.value(of: "here")
        bob.type("half")
        try await alice.untilShown("half")
        bob.panel("g")
        try await bob.untilShown("operator")
        bob.type("p1")
        try await bob.untilShown("[cmdop] the turn goes over once the prompt stands")
        try await bob.untilServed()
        #expect(try await control.call("turn.get")["holder"] == "bob")
        async let told: Void = alice.untilShown("[cmdop] you steer now: bob gave you the turn")
        bob.type("\u{7F}\u{7F}\u{7F}\u{7F}")
        try await untilHolder("alice", control)
        try await told
    }
}
