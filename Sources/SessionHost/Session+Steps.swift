import SessionModel

/// One thing that the session carries out as a whole.
enum SessionStep {
    /// What the arbiter decided.
    case turns([TurnArbiter.Effect])
    /// Queued input goes to the terminal, as far as that takes it.
    case writeInput
    /// What the shell said of itself goes to whoever follows, and to the arbiter.
    case announceShell
}

/// Steps in the order in which they arose, and the one loop that takes them.
struct StepQueue {
    private var steps: [SessionStep] = []
    private var isDraining = false

    mutating func append(_ step: SessionStep) { steps.append(step) }

    /// - Returns: false while the loop runs already: then it takes what was appended.
    mutating func beginDraining() -> Bool {
        guard !isDraining else { return false }
        isDraining = true
        return true
    }

    /// - Returns: the next step; `nil` ends the draining.
    mutating func next() -> SessionStep? {
        guard !steps.isEmpty else {
            isDraining = false
            return nil
        }
        return steps.removeFirst()
    }
}

/// Nothing is carried out inside something else: a step that arises while another is carried out waits for its end.
///
/// An event (a message, a timer, a readable terminal) that asks for a step finds it carried out when the call returns,
/// with all that it brought. A step that asks for another does not: it may not rely on what that one will do.
extension Session {
    func perform(_ effects: [TurnArbiter.Effect]) { carryOut(.turns(effects)) }

    func writeInput() { carryOut(.writeInput) }

    func announceShell() { carryOut(.announceShell) }

    private func carryOut(_ step: SessionStep) {
        steps.append(step)
        guard steps.beginDraining() else { return }
        while let next = steps.next() {
            switch next {
            case .turns(let effects): carryOutTurns(effects)
            case .writeInput: writeQueuedInput()
            case .announceShell: announceShellState()
            }
        }
    }
}
