/// Whether a session's host still answers.
///
/// Time is counted in looks that the loop takes, a second apart: a server that was itself stopped or starved takes
/// none, and holds that against no host.
struct LinkHealth {
    enum Finding: Hashable {
        case fine
        /// Nothing was heard for a while: ask it something.
        case ask
        /// It was asked and did not answer; told once.
        case silent
        /// It still does not; told now and then.
        case stillSilent
    }

    /// Looks without a word after which a host that owes an answer is asked whether it is there.
    private static let looksUntilAsked = 1
    /// Likewise for a host that only has somebody attached.
    private static let quietLooksUntilAsked = 3
    /// Looks that it has for its answer.
    private static let looksForAnswer = 5
    private static let looksUntilRepeated = 15

    private(set) var isResponding = true
    private var isAsked = false
    private var quietLooks = 0

    /// - Parameters:
    ///   - isAwaited: whether somebody waits for an answer.
    ///   - isUsed: whether somebody would want to know that it does not answer.
    mutating func look(isAwaited: Bool, isUsed: Bool) -> Finding {
        guard isResponding else {
            quietLooks += 1
            guard quietLooks >= Self.looksUntilRepeated else { return .fine }
            quietLooks = 0
            return .stillSilent
        }
        guard isAwaited || isUsed else {
            (isAsked, quietLooks) = (false, 0)
            return .fine
        }
        quietLooks += 1
        guard isAsked else {
            guard quietLooks >= (isAwaited ? Self.looksUntilAsked : Self.quietLooksUntilAsked) else { return .fine }
            (isAsked, quietLooks) = (true, 0)
            return .ask
        }
        guard quietLooks >= Self.looksForAnswer else { return .fine }
        (isResponding, quietLooks) = (false, 0)
        return .silent
    }

    /// The host said something.
    ///
    /// - Returns: whether it did not respond before.
    mutating func heard() -> Bool {
        let wasSilent = !isResponding
        (isResponding, isAsked, quietLooks) = (true, false, 0)
        return wasSilent
    }
}
