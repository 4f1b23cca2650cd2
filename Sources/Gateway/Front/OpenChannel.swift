/// Something that an operator has open: an attachment, a program, a forward, a control channel, a list.
///
/// All of them are judged, narrowed, revoked and ended in this one way. Confined to their loop.
protocol OpenChannel: AnyObject {
    /// What it is for, which says what right it needs.
    var use: ChannelUse { get }
    /// Called once, when it has nothing more to do.
    var finished: (() -> Void)? { get set }
    /// Whether its client is being told something that a connection which ends has to wait for, for a moment.
    var delaysDisconnect: Bool { get }

    /// Keys or rules changed, and it may go on: with this, and nothing more.
    func rightsAre(_ right: ChannelRight)
    /// The operator has no right to it any more. It ends, with the sentence where it has a stream for that.
    func revoke(_ sentence: String)
    /// The server stops.
    func drain()
}

extension OpenChannel {
    var delaysDisconnect: Bool { false }
    func rightsAre(_ right: ChannelRight) {}
    func drain() {}
}
