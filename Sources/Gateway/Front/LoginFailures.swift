import Logging
import Observability
private import Synchronization

/// Writes ``LoginFailureLog``; shared by all loops.
package final class LoginFailures: Sendable {
    private let log = Mutex(LoginFailureLog())
    private let logger: Logger

    init(logger: Logger) { self.logger = logger }

    func note(_ address: String, _ reason: String) {
        guard log.withLock({ $0.note(address, at: .now) }) else { return }
        logger.info("connection closed before login", metadata: fields([.peer: "\(address)", .reason: "\(reason)"]))
    }

    func sumUp() {
        for summary in log.withLock({ $0.summaries(at: .now) }) {
            let metadata = fields([.count: "\(summary.count)", .peer: "\(summary.address ?? "other addresses")"])
            logger.info("further connections closed before login", metadata: metadata)
        }
    }
}
