import SessionModel
import Wire

/// What the client types: to the session, or to the panel.
extension AttachmentChannel {
    /// Bytes of input that may be on their way to the host.
    static let inputLimit = 64 * 1_024
    /// What interrupts, stops or ends a program: `Ctrl-C`, `Ctrl-Z`, `Ctrl-\`.
    private static let interrupts: Set<UInt8> = [0x03, 0x1A, 0x1C]

    func receive(_ bytes: [UInt8]) {
        guard isLive else { return }
        panel.time = now
        for act in panel.receive(bytes) where isLive { perform(act) }
    }

    private func perform(_ act: Panel.Act) {
        switch act {
        case .input(let bytes): send(bytes)
        case .detach: end(status: 0, "detached from \(attach.session); it goes on")
        case .release: link?.send(.release(reference))
        case .ask: ask(atPrompt: false)
        case .askAtPrompt: ask(atPrompt: true)
        case .act(let act): self.act(act)
        case .decide(let number, let command, let isApproved): decide(number, command, isApproved: isApproved)
        case .onlyWatch: changeWatching()
        case .hideLine:
            link?.send(.hideLine(reference))
            show(.lineIsHidden)
        case .askWho: link?.describe { [weak self] in self?.showWho($0) }
        case .askCommands: askCommands()
        case .say(let text): link?.send(.say(reference, text))
        case .redraw: panelChanged()
        }
    }

    /// Takes the turn where the rank suffices, and else asks for it.
    private func ask(atPrompt: Bool) {
        refusedInTurn = nil
        guard let link, let id else { return }
        guard link.turns.isNew else { return link.send(.take(reference)) }
        link.ask(.act(id, .take(atPrompt: atPrompt))) { [weak self] answer in
            switch answer {
            case .acted(.turnHeld, _, _, _), .acted(.noLead, _, _, _):
                self?.act(.request(lease: nil, atPrompt: atPrompt))
            default: self?.tell(answer, of: .take(atPrompt: atPrompt))
            }
        }
    }

    private func act(_ act: TurnAct) {
        guard let link, let id else { return }
        guard link.turns.isNew else { return show(.hostIsOld) }
        link.ask(.act(id, act)) { [weak self] answer in self?.tell(answer, of: act) }
    }

    private func tell(_ answer: ControlAnswer?, of act: TurnAct) {
        guard case .acted(let outcome, _, let turn, let queue) = answer else { return }
        if let notice = Notice.answer(outcome, to: act, turn: turn, queue: queue, own: id) { return show(notice) }
        switch act {
        case .take, .request: show(.steersNow)
        case .withdraw, .grant, .refuse: break
        }
    }

    private func decide(_ number: ProposalNumber, _ command: String, isApproved: Bool) {
        guard let link, let id else { return }
        link.ask(.decide(id, number, command, isApproved: isApproved)) { [weak self] answer in
            guard case .proposal(let outcome, _) = answer, let notice = Notice.answer(outcome) else { return }
            self?.show(notice)
        }
    }

    private func send(_ bytes: [UInt8]) {
        if bytes.contains(where: Self.interrupts.contains) { view.interrupted() }
        unsent += bytes
        sendUnsent()
        viewChanged()
    }

    /// A client may send its whole window at once; the host is never sent more than it was said to have room for.
    private func sendUnsent() {
        while unacknowledged < Self.inputLimit, !unsent.isEmpty {
            let piece = unsent.prefix(Self.inputLimit - unacknowledged)
            unsent = unsent.dropFirst(piece.count)
            unacknowledged += piece.count
            link?.send(.input(reference, Array(piece)))
        }
        if unsent.isEmpty { unsent = [] }
        channel.isReading = unacknowledged < Self.inputLimit
    }

    func inputTaken(_ count: Int) {
        unacknowledged -= count
        if isLive { sendUnsent() }
    }

    private func changeWatching() {
        guard attach.isSteering else { return show(.attachedToWatch) }
        onlyWatches.toggle()
        refusedInTurn = nil
        link?.send(.onlyWatch(reference, onlyWatches))
        show(onlyWatches ? .watchesNow : .steersAgain)
    }

    private func askCommands() {
        // Hosts of the first versions answer no questions.
        guard let link, link.turns.version >= 3 else { return show(.hostIsOld) }
        link.ask(.state(nil)) { [weak self] answer in
            guard let self, case .state(let state, _) = answer else { return }
            let newest = state.shell.command.rawValue
            let first = CommandNumber(rawValue: newest > Self.shownCommands ? newest - Self.shownCommands + 1 : 1)
            self.link?.ask(.commands(from: first, limit: UInt16(Self.shownCommands))) { [weak self] answer in
                guard let self, isLive, case .commands(let commands) = answer else { return }
                panel.show(commands: commands)
                panelChanged()
            }
        }
    }

    private static let shownCommands: UInt32 = 50

    private func showWho(_ description: SessionDescription?) {
        guard isLive, let description else { return }
        panel.show(
            who: description.attachments.map { PanelPerson($0, in: description) }, beside: description.openedBeside)
        panelChanged()
    }
}
