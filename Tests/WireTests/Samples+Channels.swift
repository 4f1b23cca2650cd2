import SessionModel
import Wire

/// What operators have open: how it is announced, listed, ended and recorded.
extension Samples {
    static let channelMessages: [Sample<FrontEndMessage>] = [
        Sample("announce", .announce(one, by: robot, transport: "control ssh 192.0.2.7:51034")),
        Sample("revoke", .revoke(last)),
    ]

    static let channelLists: [Sample<HostMessage>] = [
        Sample(
            "opened",
            .opened(
                one,
                ChannelKind.allCases.map {
                    OpenedDescription(channel: channel($0), openFor: .milliseconds(90_061_001))
                })),
        Sample("opened-nothing", .opened(last, [])),
    ]

    static let channelRecords: [Sample<JournalRecord>] = [
        Sample("channel-revoked", .channelClosed(channel(.sftp), by: nil)),
        Sample("channel-removed", .channelClosed(channel(.exec, "make test — now"), by: robot)),
        Sample("role-changed", .roleChanged(AttachmentID(rawValue: 3), .observer)),
    ]

    private static func channel(_ kind: ChannelKind, _ detail: String = "") -> OpenedChannel {
        OpenedChannel(
            id: AttachmentID(rawValue: 7), kind: kind, who: alice, transport: "ssh 192.0.2.7:51034", detail: detail)
    }
}
