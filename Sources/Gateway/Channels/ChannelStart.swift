import SSHTransport
import SessionModel
import Wire

/// A channel that has not said yet what it is for; then it becomes an attachment, a program, or an answer.
final class ChannelStart: SSHChannelDelegate {
    private unowned let client: ClientConnection

    init(client: ClientConnection) { self.client = client }

    func channel(
        _ channel: SSHChannel, started start: SSHStart, terminal: SSHTerminalRequest?,
        environment: [(name: String, value: String)]
    ) {
        guard let who = client.who else { return channel.close() }
        let locale = environment.map { EnvironmentVariable(name: $0.name, value: $0.value) }
        let opening = ChannelOpening(
            channel: channel, client: client, who: who, terminal: terminal, locale: locale)
        do throws(SessionAddressError) {
            if case .subsystem(let name) = start {
                guard let address = try SessionAddress(subsystem: name) else { throw .malformedName }
                opening.attach(address)
                return
            }
            let address = try SessionAddress(userName: client.userName)
            switch (address.place, start) {
            case (.lobby, .exec(let command)): opening.run(verb: String(decoding: command, as: UTF8.self))
            case (.lobby, .shell) where opening.canShowLobby: opening.showLobby()
            case (.lobby, _): opening.run(verb: "ls")
            case (.session, .shell) where terminal != nil: opening.attach(address)
            case (.session, .exec(let command)): opening.spawn(command, at: address)
            case (.session, _): opening.spawn(nil, at: address)
            }
        } catch {
            opening.refuse()
        }
    }
}
