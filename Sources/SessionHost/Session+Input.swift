import Platform
import SessionModel
import Wire

extension Session {
    /// Bytes that one attachment may have on the way; a front-end that sends more does not count what it sends.
    static let inputLimit = 256 * 1_024
    /// Bytes of input dealt with, at which a front-end is told of them.
    static let announcedInput = 16 * 1_024

    /// Somebody typed: decided here, in one step, and written down before the terminal gets it.
    func type(_ bytes: [UInt8], by id: AttachmentID) {
        guard let attachment = attachments[id], !bytes.isEmpty else { return }
        let (effects, decision) = arbiter.type(id, at: now)
        perform(effects)
        switch decision {
        case .refuse(let refusal):
            attachment.frontEnd.send(.refused(attachment.reference, refusal, turnNotice))
            acknowledge(bytes.count, from: id)
        case .deliver(let turn):
            guard input.count(from: id) + bytes.count <= Self.inputLimit else {
                Diagnostics.note("a front-end sent more input than it was given room for")
                attachment.frontEnd.close()
                return
            }
            input.append(bytes, from: .attachment(id, turn))
            writeInput()
        }
    }

    /// The session's terminal answers a program's query; an answer that nobody reads is dropped.
    func answer(_ bytes: [UInt8]) {
        guard !bytes.isEmpty, input.count < Self.inputLimit else { return }
        input.append(bytes, from: .terminal)
        writeInput()
    }

    func writeInput() {
        guard !isOver else { return }
        while var piece = input.head {
            if !piece.isJournalled {
                journalInput(piece)
                piece.isJournalled = true
                input.head = piece
            }
            guard let count = writeToTerminal(piece.bytes) else { break }
            if case .attachment(let id, _) = piece.source {
                acknowledge(count, from: id)
                noteLine(after: piece.bytes.prefix(count))
            }
            piece.bytes = piece.bytes.dropFirst(count)
            input.head = piece
        }
        updateTerminalInterest()
    }

    /// How much the terminal took; `nil` when it takes nothing now.
    private func writeToTerminal(_ bytes: ArraySlice<UInt8>) -> Int? {
        do {
            let outcome = try bytes.withUnsafeBytes { try pty.descriptor.borrowed.writeAvailable($0) }
            guard case .completed(let count) = outcome, count > 0 else { return nil }
            return count
        } catch {
            return nil
        }
    }

    private func journalInput(_ piece: InputQueue.Piece) {
        guard case .attachment(let id, let turn) = piece.source, let attachment = attachments[id] else { return }
        let content: InputRecord.Content =
            pty.hidesInput ? .hidden(count: UInt32(piece.bytes.count)) : .bytes(Array(piece.bytes))
        record(
            .input(
                InputRecord(
                    who: attachment.request.who, attachment: id, turn: turn,
                    transport: attachment.request.transport, content: content)))
    }

    /// A line stands half-typed when the shell itself reads and the last key did not end the line.
    private func noteLine(after bytes: ArraySlice<UInt8>) {
        guard let last = bytes.last else { return }
        let endsLine = [0x0D, 0x0A, 0x03, 0x04, 0x15].contains(last)
        arbiter.noteLine(isOpen: !endsLine && pty.foregroundGroup == shell, at: now)
        rescheduleTurn()
    }

    private func rescheduleTurn() { perform([]) }

    func updateTerminalInterest() {
        guard !isOver else { return }
        var interest: EventLoop.Readiness = []
        if isReading { interest.insert(.readable) }
        if !input.isEmpty { interest.insert(.writable) }
        loop.rewatch(pty.descriptor.borrowed, for: interest)
    }
}
