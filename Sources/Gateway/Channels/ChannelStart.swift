import SSHTransport
import SessionModel
import Wire

/// A channel that has not said yet what it is for; then it becomes an attachment, a program, or an answer.
final class ChannelStart: SSHChannelDelegate {
    private unowned let connection: ClientConnection

    init(connection: ClientConnection) { self.connection = connection }

    func channel(
        _ channel: SSHChannel, started start: SSHStart, terminal: SSHTerminalRequest?,
        environment: [(name: String, value: String)]
    ) {
        guard let client = connection.client else { return channel.close() }
        let locale = environment.map { EnvironmentVariable(name: $0.name, value: $0.value) }
        let opening = ChannelOpening(
            channel: channel, client: client, terminal: terminal.map { TerminalRequest($0) }, locale: locale)
        do throws(SessionAddressError) {
            if case .subsystem(let name) = start {
                if let face = ControlFace(rawValue: name) {
                    return opening.control(face, try SessionAddress(userName: connection.userName))
                }
                if name == "sftp" { return opening.serveFiles(at: try SessionAddress(userName: connection.userName)) }
                guard let address = try SessionAddress(subsystem: name) else { throw .malformedName }
                opening.attach(address)
                return
            }
            let address = try SessionAddress(userName: connection.userName)
            switch (address.place, start) {
            case (.lobby, .exec(let command)): opening.run(verb: ByteString(command))
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
