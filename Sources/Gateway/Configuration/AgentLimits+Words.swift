import SessionModel

extension AgentLimits {
    /// Each limit in words, for the summary of a check; empty where there is none.
    var words: [String] {
        var words: [String] = []
        switch approval {
        case .none: break
        case .matching(let patterns):
            let more = patterns.count > 4 ? " and \(patterns.count - 3) more" : ""
            let shown = patterns.prefix(more.isEmpty ? 4 : 3).map(\.text.quoted).joined(separator: ", ")
            words.append("commands like \(shown)\(more) need approval")
        case .all: words.append("every command needs approval")
        }
        if isChaperoned { words.append("only with a person attached") }
        let bounds = budget.words
        if !bounds.isEmpty { words.append("at most \(bounds.joined(separator: " and ")) an hour") }
        return words
    }
}

extension AgentBudget {
    fileprivate var words: [String] {
        [
            commands.map { $0 == 1 ? "1 command" : "\($0) commands" },
            heldSeconds.map { "\($0.isMultiple(of: 60) ? "\($0 / 60)m" : "\($0)s") of holding the turn" },
            bytes.map { $0 == 1 ? "1 byte typed" : "\($0) bytes typed" },
        ].compactMap(\.self)
    }
}
