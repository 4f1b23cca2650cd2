/// One command that was run at the session's prompt.
package struct CommandRecord: Hashable, Sendable {
    /// What stands for a command whose author kept it out of the record.
    package static let hiddenText = "(hidden)"

    package struct Start: Hashable, Sendable {
        package var number: CommandNumber
        package var text: String
        /// How the text is known; weak where the shell does not keep it.
        package var textKnowledge: Knowledge
        package var directory: String
        /// Who wrote the line, whoever pressed Enter among them; nobody where the shell runs it by itself.
        package var authors: [String]
        /// The turn in which Enter was pressed.
        package var turn: TurnNumber?
        /// Where the command's output begins.
        package var output: StreamOffset
        /// Nanoseconds since 1970, by the host's clock.
        package var time: UInt64
        package var knowledge: Knowledge
        /// Who approved it, where an agent had to ask.
        package var approver: String?
        /// What typed it whole; `nil` where somebody typed it by hand, or it is not certain.
        package var origin: CommandOrigin?

        package init(
            number: CommandNumber, text: String, textKnowledge: Knowledge, directory: String, authors: [String],
            turn: TurnNumber?, output: StreamOffset, time: UInt64, knowledge: Knowledge, approver: String? = nil,
            origin: CommandOrigin? = nil
        ) {
            self.number = number
            self.text = text
            self.textKnowledge = textKnowledge
            self.directory = directory
            self.authors = authors
            self.turn = turn
            self.output = output
            self.time = time
            self.knowledge = knowledge
            self.approver = approver
            self.origin = origin
        }
    }

    package struct End: Hashable, Sendable {
        /// `nil` where the shell did not say, as between the lines of one paste.
        package var status: UInt8?
        /// Behind the last byte of output.
        package var output: StreamOffset
        /// Nanoseconds since 1970, by the host's clock.
        package var time: UInt64
        package var knowledge: Knowledge

        package init(status: UInt8?, output: StreamOffset, time: UInt64, knowledge: Knowledge) {
            self.status = status
            self.output = output
            self.time = time
            self.knowledge = knowledge
        }
    }

    package let start: Start
    /// `nil` while it runs.
    package var end: End?

    package init(start: Start, end: End? = nil) {
        self.start = start
        self.end = end
    }

    package var number: CommandNumber { start.number }
}
