import Platform
import SessionModel
import SystemPackage
import Terminal
import Wire

extension Session {
    private static let frontEndLimit = 64
    private static let attachmentLimit = 20_000
    /// Characters of a line that is said to everybody.
    private static let lineLimit = 1_000

    var takesFrontEnds: Bool { frontEnds.count < Self.frontEndLimit || oldestSilent != nil }

    /// A front-end says hello at once; one that did not gives its place to others.
    private var oldestSilent: FrontEnd? {
        frontEnds.values.filter { $0.version == 0 }.min { $0.id < $1.id }
    }

    func accept(_ socket: consuming OwnedDescriptor) {
        if frontEnds.count >= Self.frontEndLimit { oldestSilent?.close() }
        lastFrontEnd += 1
        do throws(Errno) {
            let frontEnd = try FrontEnd(id: lastFrontEnd, socket: socket, on: loop)
            frontEnd.handler = { [weak self] frontEnd, message in self?.handle(message, from: frontEnd) }
            frontEnd.drained = { [weak self] in self?.frontEndDrained() }
            frontEnds[frontEnd.id] = frontEnd
        } catch {
            Diagnostics.note("can not serve a front-end: \(error)")
        }
    }

    private func handle(_ message: FrontEndMessage?, from frontEnd: FrontEnd) {
        guard let message else { return lose(frontEnd) }
        guard frontEnd.version > 0 else { return greet(frontEnd, message) }
        switch message {
        case .hello: frontEnd.close()
        case .attach(let reference, let request): attach(reference, request, from: frontEnd)
        case .describe(let reference):
            frontEnd.send(.idle(reference, now.sinceStart - lastActivity.sinceStart))
            frontEnd.send(.condition(reference, condition))
            frontEnd.send(.opened(reference, openedChannels))
            frontEnd.send(.description(reference, description))
        case .end(_, let who, _): end(by: who)
        case .spawn(let reference, let request): spawn(reference, request, for: frontEnd)
        case .signalChild(let id, let name): child(id, of: frontEnd)?.signal(name)
        case .hangUp(let id): child(id, of: frontEnd)?.hangUp()
        case .control(let reference, let question): answer(question, reference, from: frontEnd)
        case .limit(let reference, let limits): limit(reference, limits, of: frontEnd)
        case .serveFiles(let reference, let who, let transport):
            serveFiles(reference, by: who, over: transport, for: frontEnd)
        case .connect(let reference, let request): open(.inwards, reference, request, for: frontEnd)
        case .listen(let reference, let request): open(.outwards, reference, request, for: frontEnd)
        case .closeSocket(let reference, let count): closeSocket(reference, count, of: frontEnd)
        case .announce(let reference, let who, let transport):
            announce(reference, by: who, over: transport, from: frontEnd)
        case .revoke(let reference): revoke(reference, of: frontEnd)
        case .detach(let reference), .release(let reference), .take(let reference), .refresh(let reference),
            .input(let reference, _), .resize(let reference, _), .signal(let reference, _),
            .changeRole(let reference, _), .show(let reference, _), .onlyWatch(let reference, _),
            .hideLine(let reference), .say(let reference, _):
            if case .detach = message { frontEnd.forgetKept(reference) }
            guard let attachment = attachment(reference, of: frontEnd) else { return }
            handle(message, from: attachment)
        }
    }

    private func handle(_ message: FrontEndMessage, from attachment: HostAttachment) {
        let id = attachment.id
        switch message {
        case .input, .resize, .refresh, .show: break
        default: typeRest(of: id)
        }
        switch message {
        case .detach: detach(id)
        case .input(_, let bytes): type(bytes, by: id)
        case .resize(_, let window): windowChanged(of: id, to: window)
        case .signal(_, let name):
            if case .refused(let refusal) = signal(name, from: attachment) { refuse(attachment, refusal) }
        case .release: perform(arbiter.release(id, at: now))
        case .take: take(attachment)
        case .changeRole(_, let role): changeRole(of: attachment, to: role)
        case .refresh:
            attachment.frontEnd.send(
                .refreshed(attachment.reference, screen.snapshot(at: offset, scrollbackRows: 0)))
        case .show(_, let asUpdates): show(attachment, asUpdates: asUpdates)
        case .onlyWatch(_, let isWatching): onlyWatch(attachment, isWatching)
        case .hideLine: hideNextLine(of: id)
        case .say(_, let text): say(text, by: attachment.request.who)
        case .hello, .attach, .describe, .end, .spawn, .signalChild, .hangUp, .control, .limit, .serveFiles, .connect,
            .listen, .closeSocket, .announce, .revoke:
            preconditionFailure("these are no attachment's messages")
        }
    }

    private func greet(_ frontEnd: FrontEnd, _ message: FrontEndMessage) {
        guard case .hello(let version) = message, version > 0 else {
            Diagnostics.note("a front-end speaks another protocol")
            return frontEnd.close()
        }
        frontEnd.version = min(version, FrontEndMessage.version)
        frontEnd.send(.welcome(version: frontEnd.version, plan.session, plan.incarnation))
    }

    private func attachment(_ reference: Reference, of frontEnd: FrontEnd) -> HostAttachment? {
        frontEnd.attachments[reference].flatMap { attachments[$0] }
    }

    // MARK: Attachments

    private func attach(_ reference: Reference, _ request: AttachRequest, from frontEnd: FrontEnd) {
        guard attachments.count < Self.attachmentLimit, attachment(reference, of: frontEnd) == nil else {
            return frontEnd.close()
        }
        let id = frontEnd.controls[reference]?.channel.id ?? nextNumber()
        let isFirst = attachments.isEmpty
        let attachment = HostAttachment(
            id: id, reference: reference, frontEnd: frontEnd, request: request, since: now, role: request.role,
            isSteering: request.isSteering, limits: frontEnd.limits[reference] ?? .none, size: request.size)
        let absence = absence(of: request.who)
        attachments[id] = attachment
        frontEnd.attachments[reference] = id
        record(
            .attached(
                id, request.who, request.role, isSteering: request.isSteering, transport: request.transport))
        if let window = request.size, isFirst, arbiter.holder == nil { resize(to: window, givenBy: id) }
        let isChaperoned = limits(of: attachment)?.isChaperoned == true
        let effects = arbiter.attach(attachment.participant(isChaperoned: isChaperoned), at: now)
        broadcast(
            .presence(
                Presence(.joined, name: request.who.name, kind: request.who.kind, attached: attachments.count)))
        frontEnd.send(.absence(reference, absence))
        frontEnd.send(
            .attached(
                reference, id, turnNotice, screen.snapshot(at: offset, scrollbackRows: request.scrollback)))
        // What concerns it is told once it is there: before, nobody would show it.
        perform(effects)
        showTurns(to: frontEnd)
        tellDamage(to: frontEnd)
        if gap.isOpen { frontEnd.send(openGap) }
        visited()
    }

    /// Who waits, and what is proposed, to a front-end that begins to show it.
    func showTurns(to frontEnd: FrontEnd) {
        guard frontEnd.version >= 4 else { return }
        frontEnd.send(.queue(turnQueue))
        frontEnd.send(.proposals(proposalNotices))
        if !watched.tokens.isEmpty { frontEnd.send(.shows(watched.tokens)) }
    }

    private func detach(_ id: AttachmentID) {
        perform(arbiter.detach(id, at: now))
        forget(id)
    }

    func forget(_ id: AttachmentID) {
        guard let gone = attachments.removeValue(forKey: id) else { return }
        gone.frontEnd.attachments[gone.reference] = nil
        gone.frontEnd.limits[gone.reference] = nil
        forgetProposals(of: id)
        if gone.isShownUpdates {
            gone.frontEnd.updatedAttachments -= 1
            adjustUpdates()
        }
        record(.detached(id))
        let who = gone.request.who
        if !attachments.values.contains(where: { $0.request.who.key.fingerprint == who.key.fingerprint }) {
            visits.noteDeparture(of: who.key.fingerprint, lastTurn: arbiter.lastTurn, at: now)
        }
        broadcast(.presence(Presence(.left, name: who.name, kind: who.kind, attached: attachments.count)))
    }

    /// What the operator missed since their key was last attached.
    private func absence(of who: Operator) -> Absence {
        let key = who.key.fingerprint
        let isHere = attachments.values.contains { $0.request.who.key.fingerprint == key }
        let absence = isHere ? nil : visits.absence(of: key, until: now)
        return Absence(
            duration: absence?.duration,
            turns: absence?.turns.prefix(8).map { .init(name: $0.name, count: UInt32(clamping: $0.count)) } ?? [],
            attached: attachments.count + 1)
    }

    private func changeRole(of attachment: HostAttachment, to role: Role) {
        guard role != attachment.role else { return }
        attachments[attachment.id]?.role = role
        record(.roleChanged(attachment.id, role))
        if attachment.role >= .operator, role < .operator { voidApprovals(by: attachment.request.who.key.fingerprint) }
        perform(arbiter.change(attachment.id, to: role, at: now))
    }

    private func onlyWatch(_ attachment: HostAttachment, _ isWatching: Bool) {
        // Who attached to watch has said so once and for all.
        guard attachment.request.isSteering, attachment.isSteering == isWatching else { return }
        attachments[attachment.id]?.isSteering = !isWatching
        record(.steeringChanged(attachment.id, isSteering: !isWatching))
        perform(arbiter.change(attachment.id, isSteering: !isWatching, at: now))
    }

    private func say(_ text: String, by who: Operator) {
        let line = String(text.prefix(Self.lineLimit))
        record(.said(who, line))
        broadcast(.said(by: who.name, who.kind, line))
    }

    /// A front-end went away: its attachments with it, but a turn that one of them held is kept for a while.
    private func lose(_ frontEnd: FrontEnd) {
        frontEnds[frontEnd.id] = nil
        let lost = Array(frontEnd.attachments.values)
        perform(arbiter.lose(lost, at: now))
        for id in lost { forget(id) }
        if !lost.isEmpty {
            broadcast(.turn(turnNotice))
            broadcast(.queue(turnQueue))
        }
        for child in children.values where child.frontEnd === frontEnd { child.hangUp() }
        loseSockets(of: frontEnd)
        frontEndDrained()
    }

    private func take(_ attachment: HostAttachment) {
        switch act(.take(atPrompt: false), by: attachment) {
        case .done, .already, .waits: break
        case .onlyWatching: refuse(attachment, .onlyWatching)
        case .noLead: refuse(attachment, .noLead)
        case .limited:
            let limits = limits(of: attachment) ?? .none
            refuse(attachment, isSpent(limits, of: attachment) ? .budgetSpent : .needsChaperone)
        case .turnHeld, .notYours, .nobodyThere: refuse(attachment, .turnHeld)
        }
    }

    private func refuse(_ attachment: HostAttachment, _ refusal: Refusal) {
        attachment.frontEnd.send(.refused(attachment.reference, attachment.frontEnd.known(refusal), turnNotice))
    }
}
