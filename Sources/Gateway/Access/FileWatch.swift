package import Platform

/// Looks at something on disk again and again, and tells when it changed. Lives on its loop.
///
/// It looks rather than being told: that sees in-place edits, renames, directories that come and go and network file
/// systems alike, all of which inotify(7) sees only in part.
package final class FileWatch<Reading> {
    private let loop: EventLoop
    private let interval: Duration
    private let look: () -> Reading?
    private let onChange: (Reading) -> Void
    private var timer: EventLoop.TimerID?

    /// `look` returns what is there if it changed since it was last called. The watch begins with ``start()``.
    package init(
        on loop: EventLoop, every interval: Duration = .milliseconds(500), look: @escaping () -> Reading?,
        onChange: @escaping (Reading) -> Void
    ) {
        self.loop = loop
        self.interval = interval
        self.look = look
        self.onChange = onChange
    }

    package func start() {
        guard timer == nil else { return }
        timer = loop.schedule(after: interval) { [weak self] in self?.tick() }
    }

    /// Ends the watch. Dropping it ends it too.
    package func stop() {
        if let timer { loop.cancel(timer) }
        timer = nil
    }

    private func tick() {
        timer = nil
        start()
        if let reading = look() { onChange(reading) }
    }
}
