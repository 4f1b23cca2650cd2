import Control
import Platform
import SessionModel

/// A channel with JSON-RPC on it: `cmdop-control` or `cmdop-mcp`, as a subsystem or over the local socket.
final class ControlChannel: ClientChannelDelegate, OpenChannel {
    let use: ChannelUse
    private let channel: any ClientChannel
    private let desk: GatewayDesk
    private let conversation: Conversation
    private var outgoing: [UInt8] = []
    private var sent = 0
    private var isFlushScheduled = false
    private var isOver = false
    private let loop: EventLoop
    /// Whether its client is told why it ends, and has not closed it yet.
    private(set) var delaysDisconnect = false
    /// Called once, when the channel has nothing more to do.
    var finished: (() -> Void)?

    init(channel: any ClientChannel, desk: GatewayDesk, dispatcher: any Dispatcher, use: ChannelUse) {
        self.use = use
        self.channel = channel
        self.desk = desk
        loop = desk.loop
        var write: ([UInt8]) -> Void = { _ in }
        conversation = Conversation(dispatcher: dispatcher, loop: desk.loop) { write($0) }
        write = { [weak self] in self?.append($0) }
        conversation.pausing = { [channel] in channel.isReading = !$0 }
        conversation.finished = { [weak self] in
            self?.isOver = true
            self?.scheduleFlush()
        }
        // Of a channel that was opened for one session nothing is left when its work with that is ended.
        desk.removed = { [weak self] session, sentence in
            if session == use.session { self?.end(saying: sentence) }
        }
    }

    /// A session that runs knows of the channel from now on, whether something is asked of it or not.
    func start() {
        guard let session = use.session else { return }
        loop.perform { [desk] in _ = try? await desk.liveSession(session) }
    }

    // MARK: Rights

    func rightsAre(_ right: ChannelRight) { desk.reconsider() }

    /// Nothing that was asked goes on.
    func revoke(_ sentence: String) {
        desk.revoke()
        end(saying: sentence)
    }

    private func end(saying sentence: String) {
        guard !delaysDisconnect else { return }
        delaysDisconnect = true
        conversation.close()
        desk.close()
        _ = channel.writeError(Array("cmdop: \(sentence)\n".utf8)[...])
        channel.finish(status: 254)
    }

    // MARK: Bytes

    private func append(_ bytes: [UInt8]) {
        outgoing += bytes
        scheduleFlush()
    }

    /// One write a round: each costs three system calls, whatever its size.
    private func scheduleFlush() {
        guard !isFlushScheduled else { return }
        isFlushScheduled = true
        loop.afterThisRound { [weak self] in self?.flush() }
    }

    private func flush() {
        isFlushScheduled = false
        sent += channel.write(outgoing[sent...])
        if sent == outgoing.count {
            outgoing.removeAll(keepingCapacity: outgoing.capacity <= 64 * 1_024)
            sent = 0
        } else if sent > 256 * 1_024 {
            outgoing.removeFirst(sent)
            sent = 0
        }
        conversation.unread = outgoing.count - sent
        guard isOver, outgoing.isEmpty else { return }
        channel.finish(status: 0)
        end()
    }

    private func end() {
        conversation.close()
        desk.close()
        let finished = finished
        self.finished = nil
        finished?()
    }

    func channel(_ channel: any ClientChannel, received bytes: [UInt8]) { conversation.receive(bytes) }
    func channelEndOfInput(_ channel: any ClientChannel) { conversation.endOfInput() }
    func channelHasRoom(_ channel: any ClientChannel) { flush() }
    func channelClosed(_ channel: any ClientChannel) { end() }
}
