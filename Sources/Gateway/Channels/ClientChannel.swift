import SSHTransport

/// One stream of bytes to and from an operator's client, whatever carries it. Confined to its loop.
///
/// Whatever is called after it closed does nothing.
protocol ClientChannel: AnyObject {
    /// Held until ``ClientChannelDelegate/channelClosed(_:)``.
    var handler: (any ClientChannelDelegate)? { get set }
    /// Whether this side can still write or finish.
    var isOpen: Bool { get }
    /// Whether more is received.
    var isReading: Bool { get set }
    /// Bytes that a write takes now; where it is 0, ``ClientChannelDelegate/channelHasRoom(_:)`` follows.
    var room: Int { get }

    /// Sends as much as there is room for, and says how much that is.
    func write(_ bytes: UnsafeRawBufferPointer) -> Int
    func write(_ bytes: ArraySlice<UInt8>) -> Int
    /// As ``write(_:)-(ArraySlice<UInt8>)``, to the stream for errors.
    func writeError(_ bytes: ArraySlice<UInt8>) -> Int

    /// Ends the channel with an exit status. What no write has taken is lost.
    func finish(status: Int)
    /// Ends the channel without a word: to the client, a connection that was lost.
    func close()
}

/// Hears of a channel. All calls come on its loop, never from inside a call of the channel's.
protocol ClientChannelDelegate: AnyObject {
    func channel(_ channel: any ClientChannel, received bytes: [UInt8])
    func channel(_ channel: any ClientChannel, resizedTo columns: Int, rows: Int)
    /// A signal's name without SIG, as RFC 4254 section 6.10 spells it.
    func channel(_ channel: any ClientChannel, signalled name: String)
    /// Nothing more will be received.
    func channelEndOfInput(_ channel: any ClientChannel)
    /// More can be written, after a write took less than it was given or ``ClientChannel/room`` was 0.
    func channelHasRoom(_ channel: any ClientChannel)
    /// The client throws away what is written: its own output has failed.
    func channelDiscards(_ channel: any ClientChannel)
    /// The last call: both sides closed it, or the client is gone.
    func channelClosed(_ channel: any ClientChannel)
}

/// What a delegate that has no use for it does: nothing.
extension ClientChannelDelegate {
    func channel(_ channel: any ClientChannel, received bytes: [UInt8]) {}
    func channel(_ channel: any ClientChannel, resizedTo columns: Int, rows: Int) {}
    func channel(_ channel: any ClientChannel, signalled name: String) {}
    func channelEndOfInput(_ channel: any ClientChannel) {}
    func channelHasRoom(_ channel: any ClientChannel) {}
    func channelDiscards(_ channel: any ClientChannel) {}
    func channelClosed(_ channel: any ClientChannel) {}
}
