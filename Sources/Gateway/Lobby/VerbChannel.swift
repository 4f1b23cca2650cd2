import Control
import Platform
import SessionModel

/// A channel on which a verb runs; what it waits for ends with it.
final class VerbChannel: ClientChannelDelegate {
    private let channel: any ClientChannel
    private let desk: GatewayDesk
    private let hasTerminal: Bool

    init(channel: any ClientChannel, desk: GatewayDesk, hasTerminal: Bool) {
        self.channel = channel
        self.desk = desk
        self.hasTerminal = hasTerminal
    }

    func run(_ commandLine: ByteString) {
        channel.handler = self
        desk.loop.perform { [self] in
            let answer = await VerbTable.run(commandLine, at: desk)
            desk.close()
            guard channel.isOpen else { return }
            LobbyChannel(channel: channel, hasTerminal: hasTerminal).finish(with: answer)
        }
    }

    func channelClosed(_ channel: any ClientChannel) { desk.close() }
}
