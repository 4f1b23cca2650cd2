package import Platform
private import SessionModel

/// Looks at the files that say who may do what, again and again, on a thread of its own.
///
/// It looks rather than being told: that sees in-place edits, renames, directories that come and go and network file
/// systems alike, all of which inotify(7) sees only in part. Its thread has descriptors of its own, so it can look
/// also when the server's are used up.
package enum AccessWatch {
    /// Between looks when nothing changes.
    static let interval = Duration.milliseconds(250)
    /// Between looks while something changes; more, where a look takes long.
    static let shortInterval = Duration.milliseconds(20)

    /// Begins to look. Tells of changes on the loop, and says sentences from the watch's thread.
    package static func start(
        _ files: AccessFiles, on loop: EventLoop, say: @escaping @Sendable (String) -> Void,
        onChange: @escaping (Access) -> Void
    ) {
        let onChange = LoopBound(onChange, on: loop)
        let began = ContinuousClock.now
        SeparateThread.start(waking: loop) {
            var files = files
            while true {
                let start = ContinuousClock.now
                let news = files.look(at: Moment(sinceStart: start - began))
                for sentence in news.sentences { say(sentence) }
                if let access = news.access { loop.submit { onChange.get()(access) } }
                let end = ContinuousClock.now
                let isUnsettled = files.isUnsettled(at: Moment(sinceStart: end - began))
                SeparateThread.pause(isUnsettled ? min(max(shortInterval, (end - start) * 4), interval) : interval)
            }
        }
    }
}
