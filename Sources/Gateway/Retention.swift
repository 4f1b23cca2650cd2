import HostClient
import Logging
import Observability
import Platform
import SessionModel
import Wire

/// Removes sessions that ended long enough ago, one at a time, as the configuration says. Lives on its loop.
final class Retention {
    private static let longestPause = Duration.seconds(3_600)
    /// How long until one is tried again that stays for its working files.
    private static let patience = Duration.seconds(86_400)

    private let store: SessionStore
    private let loop: EventLoop
    private let logger: Logger
    private var configuration: Configuration
    private var timer: EventLoop.TimerID?
    private var isBusy = false
    private var tried: [SessionName: ContinuousClock.Instant] = [:]

    init(_ setup: GatewaySetup, on loop: EventLoop) {
        store = setup.store
        logger = setup.logger
        configuration = setup.access.configuration
        self.loop = loop
        schedule()
    }

    func apply(_ configuration: Configuration) {
        self.configuration = configuration
        schedule()
    }

    func stop() {
        if let timer { loop.cancel(timer) }
        timer = nil
    }

    private func schedule() {
        stop()
        guard let shortest = configuration.shortestKeep else { return }
        let pause = min(Self.longestPause, max(.milliseconds(250), shortest / 4))
        timer = loop.schedule(after: pause) { [weak self] in
            self?.look()
            self?.schedule()
        }
    }

    private func look() {
        for session in store.sessions() where configuration.rules(for: session).keep != nil {
            store.noteIfLost(session)
        }
        guard !isBusy, let session = store.sessions().first(where: isDue) else { return }
        isBusy = true
        tried[session] = .now
        loop.runAside { [store] in
            store.remove(session, isForced: false)
        } then: { [weak self] removal in
            guard let self else { return }
            self.isBusy = false
            self.note(removal, of: session)
            self.look()
        }
    }

    private func isDue(_ session: SessionName) -> Bool {
        guard let keep = configuration.rules(for: session).keep, let ended = store.endTime(of: session) else {
            return false
        }
        if let last = tried[session], last.duration(to: .now) < min(Self.patience, keep) { return false }
        return ended.elapsed >= keep
    }

    private func note(_ removal: SessionStore.Removal, of session: SessionName) {
        var facts = fields([.session: "\(session.text)"])
        guard removal.outcome == .removed else {
            facts.merge(fields([.reason: "\(removal.words)"])) { old, _ in old }
            return logger.warning("an ended session stays though its time is over", metadata: facts)
        }
        tried[session] = nil
        logger.notice("an ended session is removed, its time is over", metadata: facts)
    }
}
