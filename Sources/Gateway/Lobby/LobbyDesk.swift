import Control
import HostClient
import Platform
import SessionModel
import Wire

/// What the verbs of the lobby work with, for one caller.
final class LobbyDesk: ControlDesk {
    private static let patience = Duration.seconds(2)

    let caller: Operator
    private let client: ClientConnection
    private let transport: String

    init(client: ClientConnection, who: Operator, transport: String) {
        self.client = client
        self.transport = transport
        caller = who
    }

    var panelKey: String { "\(client.door.access.configuration.panelKey)" }
    var store: SessionStore { client.door.store }

    func role(in session: SessionName) -> Role? { client.role(in: session) }

    /// A host that does not answer soon is as one that is not there: it must not keep the others from being listed.
    func describe(_ session: SessionName, _ answer: @escaping (SessionDescription?) -> Void) {
        var waiting: ((SessionDescription?) -> Void)? = answer
        func settle(_ description: SessionDescription?) {
            let answer = waiting
            waiting = nil
            answer?(description)
        }
        client.door.loop.schedule(after: Self.patience) { settle(nil) }
        client.door.link(to: session, starting: nil) { outcome in
            guard case .success(let link) = outcome else { return settle(nil) }
            link.describe { settle($0) }
        }
    }

    func end(_ session: SessionName, _ answer: @escaping (Bool) -> Void) {
        client.door.link(to: session, starting: nil) { outcome in
            guard case .success(let link) = outcome else { return answer(false) }
            link.end(by: self.caller, over: self.transport)
            answer(true)
        }
    }
}
