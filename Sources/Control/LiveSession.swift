import JSONText
package import ScreenModel
package import SessionModel
package import Wire

/// A running session, as one caller sees it. Confined to its loop.
package protocol LiveSession: SessionAnswers {
    /// Whose turn it is, while events are followed.
    var turn: TurnNotice { get }
    /// By which rules the turn goes and who waits for it, while events are followed.
    var queue: TurnQueue { get }
    /// Where the shell stands, while events are followed.
    var shell: ShellState { get }
    /// The number of the newest event that is known, while events are followed.
    var lastEvent: EventNumber { get }
    /// Why the record misses what happens now (``RecordGap``), while events are followed; `nil` where it does not.
    var recordGap: UInt64? { get }
    /// What the screen shows, while it is followed.
    var image: ScreenImage? { get }

    /// `nil` where its host is gone.
    func describe() async -> SessionDescription?
    /// How the session stands, and what is true of its terminal, asked at once.
    func overview() async throws(ControlFailure) -> (SessionDescription, TerminalState)
    /// The caller's own attachment, made when it is first needed.
    func attachment() async throws(ControlFailure) -> AttachmentID
    /// Lets go of the turn.
    func release()
    /// Takes the turn by rank, on hosts of all versions; whether that is so, the next state says.
    func take()
    func say(_ text: String)
    /// Ends the session in the caller's name.
    func end()
    /// Waits until the check answers something; `nil` when the time is over. It is asked at once, and whenever
    /// something changed that the interest covers.
    func wait<Found>(
        _ interest: Interest, until deadline: ContinuousClock.Instant, for check: @escaping () -> Found?
    ) async throws(ControlFailure) -> Found?
    /// Waits until the session's environment is made, and fails with the reason where it can not be.
    ///
    /// - Returns: whether it is made by then.
    func isReady(by deadline: ContinuousClock.Instant) async throws(ControlFailure) -> Bool
    /// Runs a command beside the terminal until it ends or the time is over, when it is hung up and then killed.
    func run(_ command: ExecRequest) async throws(ControlFailure) -> ExecResult
    /// The process that all others of the session are below.
    var hostProcess: Int32? { get }
}

/// A command to run beside the terminal.
package struct ExecRequest: Hashable, Sendable {
    package var command: ByteString
    package var input: [UInt8]
    package var limit: Duration
    /// Bytes kept of each stream; the rest is read and dropped.
    package var outputLimit: Int

    package init(command: ByteString, input: [UInt8], limit: Duration, outputLimit: Int) {
        self.command = command
        self.input = input
        self.limit = limit
        self.outputLimit = outputLimit
    }
}

/// What became of a command beside the terminal.
package struct ExecResult: Hashable, Sendable {
    /// The beginning of a stream, and how much there was in all.
    package struct Stream: Hashable, Sendable {
        package var bytes: [UInt8]
        package var count: Int

        package init(bytes: [UInt8] = [], count: Int = 0) {
            self.bytes = bytes
            self.count = count
        }
    }

    /// 128 + n where signal n ended it.
    package var status: Int
    package var output: Stream
    package var errors: Stream
    package var isTimedOut: Bool
    package var duration: Duration

    package init(status: Int, output: Stream, errors: Stream, isTimedOut: Bool, duration: Duration) {
        self.status = status
        self.output = output
        self.errors = errors
        self.isTimedOut = isTimedOut
        self.duration = duration
    }
}

extension LiveSession {
    /// What needs nothing made is there at once.
    package func isReady(by deadline: ContinuousClock.Instant) async throws(ControlFailure) -> Bool { true }
}
