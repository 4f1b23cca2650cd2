import SessionModel
import Wire

/// Forwards: what version 5 added about ports.
extension Samples {
    static let forwardQuestions: [Sample<FrontEndMessage>] = [
        Sample(
            "connect",
            .connect(
                one,
                ForwardRequest(
                    who: alice, transport: "ssh 192.0.2.7:51034", host: "localhost", port: 8_080,
                    serverPorts: [22, 65_535]))),
        Sample(
            "listen",
            .listen(last, ForwardRequest(who: robot, transport: "", host: "", port: 0, isPublic: true, serverPorts: []))
        ),
        Sample("close-socket", .closeSocket(one, carried)),
    ]

    static let forwardAnswers: [Sample<HostMessage>] = [
        Sample("socket", .socket(one, port: 8_080, descriptors: 2)),
        Sample("socket-failed", .socketFailed(one, .failed, sentence: "Connection refused")),
        Sample("socket-prohibited", .socketFailed(last, .prohibited, sentence: "")),
        Sample("condition", .condition(one, SessionCondition(phase: .frozen))),
        Sample("condition-ending", .condition(one, SessionCondition(phase: .ending))),
        Sample(
            "condition-used",
            .condition(
                last,
                SessionCondition(
                    phase: .live,
                    usage: ResourceUsage(
                        processes: 7, memory: 1 << 33, memoryPeak: .max, processorTime: .milliseconds(1_500),
                        memoryLimit: 1 << 34, processesLimit: 100, killed: 1, refused: 2)))),
        Sample("socket-too-many", .socketFailed(one, .tooMany, sentence: "there are 1000 already")),
    ]

    static let forwardRecords: [Sample<JournalRecord>] = [
        Sample(
            "forwarded",
            .forwarded(
                ForwardRecord(
                    who: alice, transport: "ssh 192.0.2.7:51034", direction: .inwards, host: "localhost", port: 8_080,
                    count: carried))),
        Sample("limit-hit", .limitHit(.memory, count: 1)),
        Sample("idle-warned", .idleWarned(endsIn: .seconds(600))),
        Sample("idle-resumed", .idleWarned(endsIn: nil)),
        Sample(
            "forwarded-uncounted",
            .forwarded(
                ForwardRecord(who: alice, transport: "", direction: .outwards, host: "", port: 0, count: nil))),
    ]

    static let socketAnswers: [Sample<SocketAnswer>] = [
        Sample("made", .made(port: 8_080)),
        Sample("failed", .failed(.failed, sentence: "Connection refused")),
        Sample("prohibited", .failed(.prohibited, sentence: "")),
    ]

    private static let carried = ForwardCount(connections: 3, bytesIn: 87, bytesOut: .max)
}
