import SessionModel
import Wire

extension Samples {
    static let one = Reference(rawValue: 1)
    static let last = Reference(rawValue: .max)

    static let frontEndMessages: [Sample<FrontEndMessage>] =
        attaching + acting + beside + watching + questions + turnQuestions + forwardQuestions + channelMessages

    private static let attaching: [Sample<FrontEndMessage>] = [
        Sample("hello", .hello(version: 1)),
        Sample("hello-future", .hello(version: .max)),
        Sample(
            "attach",
            .attach(
                one,
                AttachRequest(
                    who: alice, role: .operator, isSteering: true, transport: "ssh 192.0.2.7:51034", size: window,
                    scrollback: 200))),
        Sample(
            "attach-without-window",
            .attach(
                last,
                AttachRequest(
                    who: robot, role: .agent, isSteering: false, transport: "", size: nil,
                    scrollback: Int(UInt32.max)))),
        Sample("detach", .detach(one)),
        Sample("refresh", .refresh(one)),
        Sample("describe", .describe(last)),
    ]

    private static let acting: [Sample<FrontEndMessage>] = [
        Sample("input", .input(one, Array("ls\r".utf8))),
        Sample("input-empty", .input(one, [])),
        Sample("input-not-text", .input(last, [0x00, 0x1B, 0x80, 0xFF])),
        Sample("resize-smallest", .resize(one, smallest)),
        Sample("resize-largest", .resize(one, largest)),
        Sample("signal", .signal(one, name: "INT")),
        Sample("release", .release(one)),
        Sample("take", .take(one)),
        Sample("change-role-observer", .changeRole(one, .observer)),
        Sample("change-role-lead", .changeRole(one, .lead)),
        Sample("end", .end(one, by: alice, transport: "ssh [2001:db8::7]:51034")),
    ]

    private static let beside: [Sample<FrontEndMessage>] = [
        Sample(
            "spawn",
            .spawn(
                one,
                SpawnRequest(
                    who: alice, transport: "ssh 192.0.2.7:51034", command: Array("make test".utf8), terminal: window,
                    variables: [
                        EnvironmentVariable(name: "LANG", value: "de_DE.UTF-8"),
                        EnvironmentVariable(name: "LC_é", value: ""),
                    ]))),
        Sample(
            "spawn-shell",
            .spawn(one, SpawnRequest(who: robot, transport: "", command: nil, terminal: nil, variables: []))),
        Sample(
            "spawn-empty-command",
            .spawn(one, SpawnRequest(who: robot, transport: "", command: [], terminal: nil, variables: []))),
        Sample("signal-child", .signalChild(ChildID(rawValue: 9), name: "TERM")),
        Sample("hang-up", .hangUp(ChildID(rawValue: .max))),
    ]

    private static let watching: [Sample<FrontEndMessage>] = [
        Sample("show-updates", .show(one, asUpdates: true)),
        Sample("show-stream", .show(last, asUpdates: false)),
        Sample("only-watch", .onlyWatch(one, true)),
        Sample("steer-again", .onlyWatch(one, false)),
        Sample("hide-line", .hideLine(one)),
        Sample("say", .say(one, "schön — now you")),
    ]
}
