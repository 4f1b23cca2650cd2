import SSHTransport

extension SSHChannel: ClientChannel {
    var handler: (any ClientChannelDelegate)? {
        get { (delegate as? SSHChannelHandler)?.handler }
        set { delegate = newValue.map { SSHChannelHandler($0) } }
    }
}

/// Passes what an SSH channel tells to somebody who serves any kind of channel.
private final class SSHChannelHandler: SSHChannelDelegate {
    let handler: any ClientChannelDelegate

    init(_ handler: any ClientChannelDelegate) { self.handler = handler }

    func channel(_ channel: SSHChannel, received bytes: [UInt8]) { handler.channel(channel, received: bytes) }
    func channel(_ channel: SSHChannel, resizedTo columns: Int, rows: Int) {
        handler.channel(channel, resizedTo: columns, rows: rows)
    }
    func channel(_ channel: SSHChannel, signalled name: String) { handler.channel(channel, signalled: name) }
    func channelEndOfInput(_ channel: SSHChannel) { handler.channelEndOfInput(channel) }
    func channelHasRoom(_ channel: SSHChannel) { handler.channelHasRoom(channel) }
    func channelDiscards(_ channel: SSHChannel) { handler.channelDiscards(channel) }
    func channelClosed(_ channel: SSHChannel) { handler.channelClosed(channel) }
}
