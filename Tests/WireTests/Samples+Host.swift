import ScreenModel
import SessionModel
import Wire

extension Samples {

    static let hostMessages: [Sample<HostMessage>] =
        attaching + running + beside + watching + answers + turnAnswers + forwardAnswers + channelLists

    private static let attaching: [Sample<HostMessage>] = [
        Sample("welcome", .welcome(version: 1, session, Incarnation(rawValue: 2))),
        Sample("attached", .attached(one, AttachmentID(rawValue: 3), held, snapshot)),
        Sample("attached-empty", .attached(one, AttachmentID(rawValue: .max), nobody, emptySnapshot)),
        Sample("refreshed", .refreshed(Reference(rawValue: .max), snapshot)),
        Sample("description", .description(one, description)),
        Sample("description-empty", .description(one, emptyDescription)),
    ]

    private static let running: [Sample<HostMessage>] = [
        Sample("output", .output(StreamOffset(bytes: 4_096), Array("hé\r\n".utf8))),
        Sample("output-empty", .output(StreamOffset(bytes: .max), [])),
        Sample("turn-held", .turn(held)),
        Sample("turn-free", .turn(nobody)),
        Sample("refused-only-watching", .refused(one, .onlyWatching, held)),
        Sample("refused-turn-held", .refused(one, .turnHeld, held)),
        Sample("refused-turn-reserved", .refused(one, .turnReserved, nobody)),
        Sample("input-taken", .inputTaken(one, count: .max)),
        Sample("resized", .resized(window)),
        Sample("journal-gap-open", .journalGap(isOpen: true, detail: 0)),
        Sample("journal-gap-closed", .journalGap(isOpen: false, detail: .max)),
        Sample("ended", .ended(status: 7, signal: 0, by: nil)),
        Sample("ended-by-somebody", .ended(status: 0, signal: 1, by: "alice")),
    ]

    private static let beside: [Sample<HostMessage>] = [
        Sample("spawned", .spawned(one, ChildID(rawValue: 4), descriptors: 3)),
        Sample("spawn-failed", .spawnFailed(one, sentence: "there is no /bin/nö")),
        Sample("child-exited", .childExited(ChildID(rawValue: 4), status: 255, signal: 15)),
    ]

    private static let watching: [Sample<HostMessage>] = [
        Sample("screen", .screen(update)),
        Sample("screen-empty", .screen(emptyUpdate)),
        Sample(
            "properties",
            .properties(
                TerminalProperties(title: "vi — notes", mouse: .drag, mouseEncoding: .sgr, focusReporting: true))),
        Sample("properties-none", .properties(TerminalProperties())),
        Sample("presence-joined", .presence(Presence(.joined, name: "alice", kind: .person, attached: 3))),
        Sample("presence-left", .presence(Presence(.left, name: "r2.d2", kind: .agent, attached: 0))),
        Sample("said", .said(by: "alice", .person, "schön — now you")),
        Sample(
            "absence",
            .absence(
                one,
                Absence(
                    duration: .seconds(7_200), turns: [.init(name: "bob", count: 3), .init(name: "r2.d2", count: 1)],
                    attached: 2))),
        Sample("absence-first", .absence(one, Absence(duration: nil, turns: [], attached: 1))),
        Sample("line-stands", .lineStands(one, of: "bob")),
        Sample("idle", .idle(one, .milliseconds(90_061_001))),
        Sample(
            "shows", .shows([WatchToken(time: 0x0123_4567_89AB_CDEF, number: 1), WatchToken(time: 2, number: .max)])),
        Sample("shows-nothing", .shows([])),
    ]

    static let description = SessionDescription(
        session: session, incarnation: Incarnation(rawValue: 2), environment: "default", createdBy: "alice",
        runningFor: .milliseconds(90_061_001), size: window, title: "vi — notes", turn: held,
        attachments: [
            AttachmentDescription(
                id: AttachmentID(rawValue: 3), operatorName: "alice", kind: .person,
                fingerprint: Fingerprint(text: "SHA256:alice"), role: .operator, isSteering: true,
                transport: "ssh 192.0.2.7:51034", size: window, attachedFor: .seconds(60)),
            AttachmentDescription(
                id: AttachmentID(rawValue: 4), operatorName: "r2.d2", kind: .agent,
                fingerprint: Fingerprint(text: ""), role: .agent, isSteering: false, transport: "", size: nil,
                attachedFor: .zero),
        ], commandsBeside: 2)

    static let emptyDescription = SessionDescription(
        session: name("0"), incarnation: Incarnation(rawValue: 0), environment: "", createdBy: "", runningFor: .zero,
        size: smallest, title: "", turn: nobody, attachments: [], commandsBeside: 0)
}
