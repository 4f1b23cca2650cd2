import JSONText
package import SessionModel

/// The verbs: the methods that can be asked for by words.
package enum VerbTable {
    package static let all: [(verb: VerbForm, method: ControlMethod)] = MethodTable.all.compactMap { method in
        method.verb.map { ($0, method) }
    }

    /// Runs a command line: the verb's name, options, then its words; no verb is `ls`.
    package static func run(_ commandLine: ByteString, at desk: any ControlDesk) async -> VerbAnswer {
        var line = VerbLine(commandLine)
        do throws(ControlFailure) {
            let request = try line.read()
            let call = try request.method.call(request.arguments, at: desk, subscriptions: nil)
            let result = try await request.method.run(call)
            let text = request.isJSON ? result.text + "\n" : request.verb.text(result, call)
            return VerbAnswer(text: text, complaint: "", status: request.verb.status(result))
        } catch {
            return VerbAnswer(
                text: "", complaint: line.isJSON ? error.json.text + "\n" : "cmdop: \(error.message)\n",
                status: error.code.status)
        }
    }
}

/// What a client gets from a verb: bytes for its two streams, an exit status.
///
/// Standard output holds the report or nothing, whatever goes wrong; so it can be piped on unseen.
/// What a program printed need not be text: both are as ``ByteString/carried`` has them.
package struct VerbAnswer: Hashable, Sendable {
    package var text: String
    package var complaint: String
    package var status: Int

    package init(text: String, complaint: String, status: Int) {
        self.text = text
        self.complaint = complaint
        self.status = status
    }
}

extension String {
    /// The text with what could move a terminal's cursor or forge a line made visible.
    package var printable: String {
        var text = ""
        for scalar in unicodeScalars.prefix(1_000) {
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .surrogate, .unassigned:
                text += "?"
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text
    }
}

extension String {
    /// The text as programs printed it, with what would turn the order of its characters around made visible: such as
    /// `\u{202e}` (Bidi_Control of Unicode).
    package var inOrder: String {
        guard unicodeScalars.contains(where: Self.turnsAround) else { return self }
        return unicodeScalars.reduce(into: "") { text, scalar in
            if Self.turnsAround(scalar) {
                text += "\\u{\(String(scalar.value, radix: 16))}"
            } else {
                text.unicodeScalars.append(scalar)
            }
        }
    }

    private static func turnsAround(_ scalar: Unicode.Scalar) -> Bool { scalar.properties.isBidiControl }
}
