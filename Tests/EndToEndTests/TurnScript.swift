import Foundation

/// What four operators do in turn, and whose the turn is after each step.
struct TurnScript: Sendable {
    enum Act: Equatable {
        /// A key press that reaches the program.
        case types
        /// A key press that does not.
        case isRefused
        case panel(String)
        case detaches
        case attaches
        /// A lead has silence count for a second, and then for an hour again.
        case isSilent
    }

    struct Step {
        let number: Int
        let who: String
        let act: Act
        /// Nobody's: empty.
        let holder: String
        let waiting: [String]
    }

    let mode: String
    let steps: [Step]
    /// What the journal has of turns then.
    let story: [String]

    /// One step a line: who, what, `holder|waiting,waiting`. `a key` passes, `no key` does not; else a panel's key.
    init(mode: String, _ text: String, story: String) {
        self.mode = mode
        self.story = story.split(separator: "\n").map(String.init)
        steps = text.split(separator: "\n").enumerated().map { index, line in
            let words = line.split(separator: ":").map { $0.trimmingCharacters(in: .whitespaces) }
            let state = words[2].split(separator: "|", omittingEmptySubsequences: false).map(String.init)
            let act: Act =
                switch words[1] {
                case "a key": .types
                case "no key": .isRefused
                case "detaches": .detaches
                case "attaches": .attaches
                case "silence": .isSilent
                default: .panel(words[1])
                }
            return Step(
                number: index + 1, who: words[0], act: act, holder: state[0],
                waiting: state[1].split(separator: ",").map(String.init))
        }
    }

    private static let shared = """
        alice: a key: alice|
        bob: no key: alice|
        bob: t: alice|bob
        claude: no key: alice|bob
        claude: t: alice|bob,claude
        alice: n: alice|claude
        bob: t: alice|claude,bob
        alice: g1: claude|bob
        claude: a key: claude|bob
        bob: a key: bob|
        claude: t: bob|claude
        alice: t: bob|claude,alice
        carol: t: carol|claude,alice
        carol: a key: carol|claude,alice
        carol: x: claude|alice
        alice: a key: alice|
        claude: x: alice|
        bob: t: alice|bob
        bob: t: alice|bob
        bob: x: alice|
        bob: t: alice|bob
        claude: t: alice|bob,claude
        bob: detaches: alice|claude
        bob: attaches: alice|claude
        alice: o: claude|
        alice: no key: claude|
        alice: o: claude|
        alice: a key: alice|
        claude: t: alice|claude
        carol: g: claude|
        claude: a key: claude|
        carol: t: carol|
        bob: t: carol|bob
        claude: t: carol|bob,claude
        carol: g1: bob|claude
        bob: a key: bob|claude

        """

    private static let sharedStory = """
        1 carol: typed
        1 carol ends: released
        2 alice: typed
        bob asks
        claude asks
        bob asks no more: refused by alice
        bob asks
        2 alice ends: handedOver
        to claude by alice
        claude asks no more: granted
        3 claude: granted
        3 claude ends: displaced
        bob asks no more: served
        4 bob: typed
        claude asks
        alice asks
        4 bob ends: displaced
        5 carol: taken
        5 carol ends: released
        to claude by the rules
        claude asks no more: granted
        6 claude: granted
        6 claude ends: displaced
        alice asks no more: served
        7 alice: typed
        bob asks
        bob asks no more: withdrawn
        bob asks
        claude asks
        bob asks no more: left
        7 alice ends: released
        to claude by the rules
        claude asks no more: granted
        8 claude: granted
        8 claude ends: displaced
        9 alice: typed
        claude asks
        9 alice ends: handedOver
        to claude by carol
        claude asks no more: granted
        10 claude: granted
        10 claude ends: displaced
        11 carol: taken
        bob asks
        claude asks
        11 carol ends: handedOver
        to bob by carol
        bob asks no more: granted
        12 bob: granted

        """

    static let open = TurnScript(
        mode: "open",
        shared + """
            bob: x: claude|
            claude: a key: claude|
            claude: x: |
            bob: a key: bob|
            """,
        story: sharedStory + """
            12 bob ends: released
            to claude by the rules
            claude asks no more: granted
            13 claude: granted
            13 claude ends: released
            14 bob: typed
            """)

    static let ask = TurnScript(
        mode: "ask",
        shared + """
            claude: silence: claude|
            alice: a key: alice|
            bob: t: alice|bob
            bob: silence: bob|
            """,
        story: sharedStory + """
            12 bob ends: handedOver
            to claude by the rules
            claude asks no more: granted
            13 claude: granted
            13 claude ends: displaced
            14 alice: typed
            bob asks
            14 alice ends: handedOver
            to bob by the rules
            bob asks no more: granted
            15 bob: granted
            """)

    static let led = TurnScript(
        mode: "led",
        """
        alice: no key: |
        alice: t: |alice
        bob: t: |alice,bob
        carol: g1: alice|bob
        alice: a key: alice|bob
        alice: g: alice|bob
        bob: no key: alice|bob
        carol: n: alice|
        bob: t: alice|bob
        alice: x: |bob
        bob: no key: |bob
        carol: g: bob|
        bob: a key: bob|
        claude: t: bob|claude
        carol: g: claude|
        claude: a key: claude|
        alice: a key: alice|
        alice: a key: alice|
        carol: t: carol|
        carol: a key: carol|
        alice: t: carol|alice
        carol: x: |alice
        carol: a key: carol|alice
        carol: g: alice|
        carol: detaches: |
        alice: no key: |
        alice: t: |alice
        bob: t: |alice,bob
        carol: attaches: |alice,bob
        carol: g1: alice|bob
        alice: a key: alice|bob
        alice: detaches: |bob
        alice: attaches: |bob
        carol: g: bob|
        bob: o: |
        bob: o: |
        claude: t: |claude
        carol: n: |
        carol: a key: carol|
        carol: x: |
        """,
        story: """
            1 carol: typed
            1 carol ends: released
            alice asks
            bob asks
            to alice by carol
            alice asks no more: granted
            2 alice: granted
            bob asks no more: refused by carol
            bob asks
            2 alice ends: released
            to bob by carol
            bob asks no more: granted
            3 bob: granted
            claude asks
            3 bob ends: handedOver
            to claude by carol
            claude asks no more: granted
            4 claude: granted
            4 claude ends: displaced
            5 alice: typed
            5 alice ends: displaced
            6 carol: taken
            alice asks
            6 carol ends: released
            7 carol: typed
            7 carol ends: handedOver
            to alice by carol
            alice asks no more: granted
            8 alice: granted
            8 alice ends: noLead
            alice asks
            bob asks
            to alice by carol
            alice asks no more: granted
            9 alice: granted
            9 alice ends: detached
            to bob by carol
            bob asks no more: granted
            10 bob: granted
            10 bob ends: released
            claude asks
            claude asks no more: refused by carol
            11 carol: typed
            11 carol ends: released
            """)
}
