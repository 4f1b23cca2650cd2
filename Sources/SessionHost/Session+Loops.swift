import Platform
import SessionModel
import Wire

/// Sessions that are shown in this one, which may show it in turn.
extension Session {
    /// How often front-ends are told at most: a program may print as many tokens as it likes.
    private static let pause = Duration.milliseconds(20)

    /// Control strings that programs printed.
    func noteWatched(_ strings: [(position: Int, payload: [UInt8])]) {
        let tokens = strings.flatMap { WatchToken.tokens(in: $0.payload) }
        guard !tokens.isEmpty, watched.note(tokens, at: UnixTime.now.nanoseconds), watchedTimer == nil else { return }
        watchedTimer = loop.schedule(after: Self.pause) { [weak self] in
            guard let self else { return }
            watchedTimer = nil
            broadcast(.shows(watched.tokens))
        }
    }
}
