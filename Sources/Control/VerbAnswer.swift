/// What a client gets from a verb: bytes for its two streams, an exit status.
package struct VerbAnswer: Hashable, Sendable {
    package var text: String
    package var complaint: String
    package var status: Int

    package init(text: String, complaint: String, status: Int) {
        self.text = text
        self.complaint = complaint
        self.status = status
    }

    /// Standard output holds the report or nothing, whatever goes wrong; so it can be piped on unseen.
    package init(_ outcome: Verb.Outcome, asJSON: Bool) {
        switch outcome {
        case .success(let report):
            self.init(text: asJSON ? report.json.text + "\n" : report.text, complaint: "", status: 0)
        case .failure(let failure):
            let error: JSONValue = [
                "error": ["code": .string(failure.code.rawValue), "message": .string(failure.message)]
            ]
            self.init(
                text: "", complaint: asJSON ? error.text + "\n" : "cmdop: \(failure.message)\n",
                status: failure.code.status)
        }
    }
}
