import Control
import Platform
import SessionModel

/// A channel on which a verb runs; what it waits for ends with it.
final class VerbChannel: ClientChannelDelegate, OpenChannel {
    let use: ChannelUse
    private let channel: any ClientChannel
    private let desk: GatewayDesk
    /// Whether its client is told why it ends, and has not closed it yet.
    private(set) var delaysDisconnect = false
    var finished: (() -> Void)?

    init(channel: any ClientChannel, desk: GatewayDesk, hasTerminal: Bool) {
        self.channel = channel
        self.desk = desk
        use = ChannelUse(kind: .verb, hasTerminal: hasTerminal)
        desk.removed = { [weak self] _, sentence in self?.end(saying: sentence) }
    }

    func run(_ commandLine: ByteString) {
        channel.handler = self
        desk.loop.perform { [self] in
            let answer = await VerbTable.run(commandLine, at: desk)
            desk.close()
            guard channel.isOpen, !delaysDisconnect else { return }
            LobbyChannel(channel: channel, hasTerminal: use.hasTerminal).finish(with: answer)
            finish()
        }
    }

    // MARK: Rights

    func rightsAre(_ right: ChannelRight) { desk.reconsider() }

    func revoke(_ sentence: String) {
        desk.revoke()
        end(saying: sentence)
    }

    private func end(saying sentence: String) {
        guard !delaysDisconnect else { return }
        delaysDisconnect = true
        _ = channel.writeError(Array("cmdop: \(sentence)\(use.hasTerminal ? "\r\n" : "\n")".utf8)[...])
        channel.finish(status: 254)
    }

    // MARK: The client

    func channelClosed(_ channel: any ClientChannel) {
        desk.close()
        finish()
    }

    private func finish() {
        let finished = finished
        self.finished = nil
        finished?()
    }
}
