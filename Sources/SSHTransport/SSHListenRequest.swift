/// A client's wish that the server listens for it, or no longer does: `ssh -R` (RFC 4254, 7.1).
///
/// To be answered once. The next one comes when this one is answered: answers have no other mark than their order.
package final class SSHListenRequest {
    /// As the client wrote it; what comes in has to be announced with it. Empty: any.
    package let address: String
    /// Whether the address can be one.
    let isSensible: Bool
    /// 0: any.
    package let port: UInt16
    package let isCancellation: Bool
    private weak var connection: SSHConnection?
    private let message: KeptMessage
    private var isAnswered = false

    init(address: String?, port: UInt16, isCancellation: Bool, message: KeptMessage, of connection: SSHConnection) {
        self.address = address ?? ""
        isSensible = address != nil
        self.port = port
        self.isCancellation = isCancellation
        self.message = message
        self.connection = connection
    }

    /// - Parameter port: on which the server listens; told to a client that left it open.
    package func succeed(port: UInt16) { answer { $0.succeed(message, port: port) } }

    package func refuse() { answer { $0.refuse(message) } }

    private func answer(_ body: (SSHConnection) -> Void) {
        guard !isAnswered, let connection, connection.isOpen else { return }
        isAnswered = true
        body(connection)
        connection.listenRequestIsAnswered()
    }
}
