import SSHTransport

/// What a delegate that has no use for it does: nothing.
extension SSHChannelDelegate {
    func channel(
        _ channel: SSHChannel, started start: SSHStart, terminal: SSHTerminalRequest?,
        environment: [(name: String, value: String)]
    ) {}
    func channel(_ channel: SSHChannel, received bytes: [UInt8]) {}
    func channel(_ channel: SSHChannel, resizedTo columns: Int, rows: Int) {}
    func channel(_ channel: SSHChannel, signalled name: String) {}
    func channelEndOfInput(_ channel: SSHChannel) {}
    func channelHasRoom(_ channel: SSHChannel) {}
    func channelClosed(_ channel: SSHChannel) {}
}
