import SessionModel
import Wire

extension LiveSession {
    /// Waits for the first mark of a shell that starts. One that reads already, and has given none, gives none.
    func waitForMarks(until deadline: ContinuousClock.Instant) async throws(ControlFailure) {
        var offset: StreamOffset?
        var quiet = 0
        while ContinuousClock.now < deadline, quiet < Self.quietLooks {
            let next = min(deadline, ContinuousClock.now.advanced(by: .milliseconds(500)))
            let isThere: Bool? = try await wait(.events, until: next) { self.shell.givesMarks ? true : nil }
            if isThere != nil { return }
            guard case .state(let state, _) = try await ask(.state(nil)) else { return }
            // Before the first byte there is no prompt; what makes a container is no shell.
            let isReading =
                state.foreground == state.shellProcess && state.foregroundName != "cmdop-prepare" && !state.isFrozen
            quiet = isReading && state.offset == offset && state.offset > .start ? quiet + 1 : 0
            offset = state.offset
        }
        throw .promptIsNotReady(name, shell)
    }

    /// Half-seconds without a byte, behind which a shell has begun.
    private static var quietLooks: Int { 6 }
}
