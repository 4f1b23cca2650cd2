import Control
import SessionModel

/// A channel that says something and closes.
final class LobbyChannel: ClientChannelDelegate {
    private let channel: any ClientChannel
    private let hasTerminal: Bool
    private var text: ArraySlice<UInt8> = []
    private var complaint: ArraySlice<UInt8> = []
    private var status = 0

    init(channel: any ClientChannel, hasTerminal: Bool) {
        self.channel = channel
        self.hasTerminal = hasTerminal
    }

    func finish(with answer: VerbAnswer) {
        // A client with a terminal has put it into raw mode: line feeds alone would make stairs.
        func bytes(_ text: String) -> ArraySlice<UInt8> {
            let lines =
                hasTerminal
                ? text.split(separator: "\n", omittingEmptySubsequences: false).joined(separator: "\r\n") : text
            return ByteString(carried: lines).bytes[...]
        }
        text = bytes(answer.text)
        complaint = bytes(answer.complaint)
        status = answer.status
        channel.handler = self
        flush()
    }

    private func flush() {
        if !text.isEmpty { text = text.dropFirst(channel.write(text)) }
        if text.isEmpty, !complaint.isEmpty { complaint = complaint.dropFirst(channel.writeError(complaint)) }
        if text.isEmpty, complaint.isEmpty { channel.finish(status: status) }
    }

    func channelHasRoom(_ channel: any ClientChannel) { flush() }
}
