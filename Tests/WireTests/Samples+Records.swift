import SessionModel
import Wire

extension Samples {
    private static let third = AttachmentID(rawValue: 3)
    private static let turn = TurnNumber(rawValue: 7)
    private static let transport = "ssh 192.0.2.7:51034"

    static let records: [Sample<JournalRecord>] =
        life + turns + typed + others + laterRecords + turnRecords + forwardRecords + channelRecords

    private static let life: [Sample<JournalRecord>] = [
        Sample(
            "started",
            .started(Incarnation(rawValue: 2), pid: 4_711, command: ["-bash", "", "--rcfile=é"], by: alice)),
        Sample("started-bare", .started(Incarnation(rawValue: .max), pid: .max, command: [], by: robot)),
        Sample("attached", .attached(third, alice, .operator, isSteering: true, transport: transport)),
        Sample("attached-watching", .attached(third, robot, .observer, isSteering: false, transport: "")),
        Sample("detached", .detached(third)),
        Sample("ended", .ended(status: 7, signal: 0, by: nil)),
        Sample("ended-by-somebody", .ended(status: 0, signal: 9, by: "alice")),
    ]

    private static let turns: [Sample<JournalRecord>] =
        ([.typed, .taken, .resumed] as [TurnBeginning]).map { Sample("turn-began-\($0)", .turnBegan(turn, third, $0)) }
        + ([.released, .idle, .detached, .displaced, .revoked, .expired, .ended] as [TurnEnding])
        .map { Sample("turn-ended-\($0)", .turnEnded(turn, third, $0)) }

    private static let typed: [Sample<JournalRecord>] = [
        Sample("input", .input(input(.bytes([0x6C, 0x73, 0x0D])))),
        Sample("input-empty", .input(input(.bytes([])))),
        Sample("input-hidden", .input(input(.hidden(count: 12)))),
        Sample("input-cut", .inputCut(TurnNumber(rawValue: .max), count: .max)),
    ]

    private static let others: [Sample<JournalRecord>] = [
        Sample("output", .output(StreamOffset(bytes: 4_096), [0x68, 0xC3, 0xA9, 0x00, 0xFF])),
        Sample("output-empty", .output(.start, [])),
        Sample("resized", .resized(window)),
        Sample("signalled", .signalled("INT", by: alice)),
        Sample(
            "spawned",
            .spawned(ChildID(rawValue: 4), pid: 4_712, alice, transport: transport, command: Array("make".utf8))),
        Sample("child-exited", .childExited(ChildID(rawValue: 4), status: 255, signal: 15)),
        Sample("gap", .gap(records: 3, outputBytes: .max)),
        Sample("paste-closed", .pasteClosed(turn)),
        Sample("said", .said(alice, "schön — now you")),
        Sample("steering-changed", .steeringChanged(third, isSteering: false)),
        Sample(
            "files-moved",
            .filesMoved(
                ChildID(rawValue: 7), alice, transport: "sftp ssh 192.0.2.7",
                FileMove(.renamed, path: [0x61, 0xFF], target: [0x62], bytes: 0, count: 1))),
        Sample(
            "files-several",
            .filesMoved(
                ChildID(rawValue: 7), alice, transport: "sftp",
                FileMove(.several, path: [], bytes: 1 << 40, count: 12_345))),
    ]

    static let header = JournalHeader(
        version: 1, session: session, segment: 2, firstNumber: EventNumber(rawValue: 1_001),
        lastTurn: TurnNumber(rawValue: 7))

    static let oldHeader = JournalHeader(
        version: 2, session: session, segment: 2, firstNumber: EventNumber(rawValue: 1_001),
        lastTurn: TurnNumber(rawValue: 7))

    static let newHeader = JournalHeader(
        version: 3, session: session, segment: 2, firstNumber: EventNumber(rawValue: 1_001),
        lastTurn: TurnNumber(rawValue: 7))
    static func newestHeader(version: UInt16) -> JournalHeader {
        JournalHeader(
            version: version, session: session, segment: 2, firstNumber: EventNumber(rawValue: 1_001),
            lastTurn: TurnNumber(rawValue: 7))
    }

    /// As the golden file has it: 2026-01-02 03:04:05.000000006 UTC.
    static func entry(_ record: JournalRecord) -> JournalEntry {
        JournalEntry(number: EventNumber(rawValue: 1_001), time: 1_767_323_045_000_000_006, record: record)
    }

    private static func input(_ content: InputRecord.Content) -> InputRecord {
        InputRecord(who: alice, attachment: third, turn: turn, transport: transport, content: content)
    }
}
