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

    /// One step a line: who, what, `holder|waiting,waiting`. `a key` passes, `no key` does not; else a panel's key.
    init(mode: String, _ text: String) {
        self.mode = mode
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

    static let open = TurnScript(
        mode: "open",
        shared + """
            bob: x: claude|
            claude: a key: claude|
            claude: x: |
            bob: a key: bob|
            """)

    static let ask = TurnScript(
        mode: "ask",
        shared + """
            claude: silence: claude|
            alice: a key: alice|
            bob: t: alice|bob
            bob: silence: bob|
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
        """)
}
