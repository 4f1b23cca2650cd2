/// A client's wish to be connected with what the server reaches: `ssh -L`, `-D`, `-W` (RFC 4254, section 7.2).
///
/// To be answered once, by ``accept()`` or ``refuse(_:_:)``, whenever; in vain once the connection is gone.
package final class SSHOpenRequest {
    /// Why not, as the protocol has it (RFC 4254, 5.1).
    package enum Refusal: UInt32, Sendable {
        case prohibited = 1
        case connectFailed = 2
        case tooMany = 4
    }

    package let host: String
    package let port: UInt16
    private weak var connection: SSHConnection?
    private let message: KeptMessage
    private var isAnswered = false

    init(host: String, port: UInt16, message: KeptMessage, of connection: SSHConnection) {
        self.host = host
        self.port = port
        self.message = message
        self.connection = connection
    }

    /// Whether an answer still reaches the client.
    package var isOpen: Bool { !isAnswered && connection?.isOpen == true }

    /// The channel, which receives at once; set its delegate now. `nil` where the client is gone.
    package func accept() -> SSHChannel? {
        guard isOpen, let connection else { return nil }
        isAnswered = true
        return connection.accept(message)
    }

    /// The sentence is what stock clients show.
    package func refuse(_ reason: Refusal, _ sentence: String) {
        guard isOpen, let connection else { return }
        isAnswered = true
        connection.refuse(message, reason, sentence)
    }
}
