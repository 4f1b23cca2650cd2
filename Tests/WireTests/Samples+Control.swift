import SessionModel
import Wire

/// What version 3 of the protocol added, for scripts and agents.
extension Samples {
    static let questions: [Sample<FrontEndMessage>] = [
        Sample("control-state", .control(one, .state(third))),
        Sample("control-state-of-nobody", .control(last, .state(nil))),
        Sample("control-look", .control(one, .look)),
        Sample("control-follow", .control(one, .follow([.events, .screen]))),
        Sample("control-keys", .control(one, .send(third, .keys([0x03]), InputConditions()))),
        Sample("control-paste", .control(one, .send(third, .paste(Array("ö\n".utf8)), conditions))),
        Sample("control-command", .control(one, .send(third, .command(Array("make".utf8)), InputConditions()))),
        Sample("control-acquire", .control(one, .acquire(third, lease: .seconds(30)))),
        Sample(
            "control-output",
            .control(
                one,
                .output(
                    OutputRange(
                        from: StreamOffset(bytes: 7), to: StreamOffset(bytes: 9), limit: 65_536, keepsEnd: true,
                        isPlain: true)))),
        Sample(
            "control-output-all",
            .control(
                one, .output(OutputRange(from: .start, to: nil, limit: 1, keepsEnd: false, isPlain: false)))),
        Sample("control-commands", .control(one, .commands(from: CommandNumber(rawValue: 3), limit: 500))),
        Sample("control-events", .control(one, .events(from: EventNumber(rawValue: 1_001), limit: 100))),
        Sample("control-remove", .control(one, .remove(third, by: alice))),
        Sample("control-signal", .control(one, .signal(third, name: "INT"))),
        Sample("control-freeze", .control(one, .freeze(true, by: alice))),
        Sample("control-borrow", .control(one, .borrow(third, lease: .seconds(32)))),
    ]

    static let answers: [Sample<HostMessage>] = [
        Sample("control-state", .control(one, .state(state, held))),
        Sample("control-looked", .control(one, .looked(snapshot))),
        Sample("control-typed", .control(one, .typed(state))),
        Sample("control-typed-run", .control(one, .typed(state, RunNumber(rawValue: 5)))),
        Sample(
            "control-not-typed",
            .control(
                one, .notTyped(InputRefusal(refusal: .turnHeld, unmet: ["turn", "echo"], isBusy: true), state, held))
        ),
        Sample("control-acquired", .control(one, .acquired(true, held))),
        Sample(
            "control-acquired-lease",
            .control(one, .acquired(true, held, LeaseNotice(isRenewed: false, endsIn: .seconds(7))))),
        Sample(
            "control-acquired-no-lease",
            .control(one, .acquired(true, held, LeaseNotice(isRenewed: true, endsIn: nil)))),
        Sample(
            "control-output",
            .control(
                one,
                .output(
                    OutputPart(
                        start: StreamOffset(bytes: 7), end: StreamOffset(bytes: 9), oldest: .start,
                        newest: StreamOffset(bytes: 4_000), bytes: [0x61, 0x0A])))),
        Sample(
            "control-commands",
            .control(one, .commands([CommandRecord(start: begun, end: over), CommandRecord(start: begun)]))),
        Sample(
            "control-commands-origins",
            .control(
                one,
                .commands([
                    CommandRecord(start: begun(by: .run(RunNumber(rawValue: 5)), nil), end: over),
                    CommandRecord(start: begun(by: nil, "bob")),
                ]))),
        Sample(
            "control-events",
            .control(
                one, .events([entry(.said(alice, "ö")), entry(.detached(third))], oldest: EventNumber(rawValue: 5)))),
        Sample("control-done", .control(one, .done(false))),
        Sample("shell", .shell(state.shell)),
        Sample("happened", .happened(entry(.commandBegan(begun)))),
        Sample("removed", .removed(one, by: "alice")),
    ]

    static let laterRecords: [Sample<JournalRecord>] = [
        Sample("command-began", .commandBegan(begun)),
        Sample("command-began-run", .commandBegan(begun(by: .run(RunNumber(rawValue: 5)), nil))),
        Sample("command-began-proposal", .commandBegan(begun(by: .proposal(ProposalNumber(rawValue: 2)), "bob"))),
        Sample("command-ended", .commandEnded(CommandNumber(rawValue: 3), over)),
        Sample(
            "command-ended-somehow",
            .commandEnded(
                CommandNumber(rawValue: 4),
                CommandRecord.End(status: nil, output: .start, time: 1_767_323_046_000_000_000, knowledge: .weak))),
        Sample("frozen", .frozen(true, by: alice)),
        Sample("removed", .removed(third, by: alice)),
    ]

    private static let third = AttachmentID(rawValue: 3)

    private static let conditions = InputConditions(
        turn: TurnNumber(rawValue: 7), revision: StreamOffset(bytes: 4_000), isAtPrompt: true, isEchoing: false,
        isLineEmpty: true, foreground: "bash")

    private static let state = TerminalState(
        turn: TurnNumber(rawValue: 7), holdsTurn: true, offset: StreamOffset(bytes: 4_000),
        shell: ShellState(
            phase: .prompt, prompts: 12, command: CommandNumber(rawValue: 11), isLineEmpty: true, knowledge: .exact),
        isEchoing: true, isPasteBracketed: true, foreground: 4_711, foregroundName: "bash", shellProcess: 4_711,
        isFrozen: false, lastEvent: EventNumber(rawValue: 1_001))

    private static let begun = CommandRecord.Start(
        number: CommandNumber(rawValue: 3), text: "echo ö;\nfalse", textKnowledge: .strong, directory: "/tmp",
        authors: ["alice", "r2.d2"], turn: TurnNumber(rawValue: 7), output: StreamOffset(bytes: 3_000),
        time: 1_767_323_045_000_000_006, knowledge: .exact)

    private static func begun(by origin: CommandOrigin?, _ approver: String?) -> CommandRecord.Start {
        var start = begun
        start.origin = origin
        start.approver = approver
        return start
    }

    private static let over = CommandRecord.End(
        status: 1, output: StreamOffset(bytes: 3_012), time: 1_767_323_046_000_000_000, knowledge: .strong)
}
