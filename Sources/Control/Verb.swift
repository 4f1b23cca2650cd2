/// Something that an operator may ask for by `ssh cmdop@host NAME …`. Help is read from these values.
package struct Verb: Sendable {
    package typealias Outcome = Result<VerbReport, VerbFailure>
    package typealias Run =
        @Sendable (_ arguments: [String], _ desk: any ControlDesk, _ answer: @escaping (Outcome) -> Void) -> Void

    package let name: String
    /// As help shows them; as many words as the verb takes.
    package let parameters: [String]
    package let summary: String
    package let run: Run

    package init(name: String, parameters: [String] = [], summary: String, run: @escaping Run) {
        self.name = name
        self.parameters = parameters
        self.summary = summary
        self.run = run
    }

    var usage: String { ([name] + parameters).joined(separator: " ") }
}

/// What a verb found out or did, for people and for programs.
package struct VerbReport: Hashable, Sendable {
    package var text: String
    /// The names in it are a promise: they stay, and new ones may come.
    package var json: JSONValue

    package init(text: String, json: JSONValue) {
        self.text = text
        self.json = json
    }
}

/// Why a verb did nothing: a code that stays for programs, a sentence for people.
package struct VerbFailure: Error, Hashable, Sendable {
    /// The raw value is what programs see.
    package enum Code: String, CaseIterable, Sendable {
        case unknownVerb = "unknown-verb"
        case usage = "usage"
        case noSuchSession = "no-such-session"
        case notAllowed = "not-allowed"
        case notRunning = "not-running"

        var status: Int {
            switch self {
            case .unknownVerb, .usage: 2
            case .noSuchSession, .notAllowed, .notRunning: 1
            }
        }
    }

    package var code: Code
    /// What happened, to what, and what to do next.
    package var message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }
}
