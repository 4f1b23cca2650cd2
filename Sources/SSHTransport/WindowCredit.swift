/// How much of its window a channel may use: at most so many bytes are on their way to the client.
///
/// OpenSSH credits what it has written to its output. What it held when that output failed it never credits, while it
/// credits at once what arrives later and is thrown away (`chan_write_failed`, `channel_input_data` in its channels.c).
/// It says so to servers of its own kind only (`eow@openssh.com`). So what is missing from the window need not be on
/// its way. To find out, a few bytes are sent and nothing else: a client that credits exactly these, while all that was
/// missing before stays missing, throws away what it is sent, and has lost the rest.
struct WindowCredit: Hashable {
    private enum Probe: Hashable {
        case none
        /// So many of all its bytes are still to be sent; the window as it should be.
        case allowed(left: Int, of: Int, window: Int)
        /// So many bytes were sent, which left this window.
        case sent(Int, window: Int)
    }

    /// A client that has read everything credits it when this much is missing: three packets of OpenSSH's.
    static let margin = 32 << 10
    /// What is kept of a window for probes.
    private static let reserve = 32 << 10
    /// As many probes, each of another size, that the client credited exactly.
    private static let proof = 3
    /// Probes of an audit at most.
    private static let tries = 6

    /// What the client credits at once when more is missing: three of its largest packets.
    private let threshold: Int
    /// The widest window seen.
    private var widest = 0
    /// What the client will never credit.
    private(set) var lost = 0
    private var probe = Probe.none
    private var hits = 0
    private var misses = 0
    /// Counts the probes.
    private(set) var probeNumber = 0

    /// Whether nothing is sent until the client credits something, or a probe is allowed.
    private(set) var isTight = false
    /// Whether nothing but probes is sent, to find out whether the client throws everything away.
    private(set) var isAudited = false
    /// Whether the client throws away what it is sent.
    private(set) var isDiscarding = false

    init(packet: Int = 32 << 10) { threshold = 3 * packet }

    /// Bytes that may be sent now.
    ///
    /// - Parameter limit: bytes that may be on their way.
    mutating func room(window: Int, limit: Int) -> Int {
        widest = max(widest, window)
        if window > widest - lost { lost = widest - window }
        noteCredit(window)
        guard isWide else {
            isTight = false
            isAudited = false
            return window
        }
        let free = window - max(Self.reserve, widest - lost - limit)
        isTight = free < Self.margin
        guard isTight || isAudited else {
            (probe, hits) = (.none, 0)
            return free
        }
        if case .allowed(let left, _, _) = probe { return min(left, window) }
        return 0
    }

    /// So many bytes were sent, which left this window.
    mutating func sent(_ count: Int, window: Int) {
        guard count > 0, case .allowed(let left, let all, let before) = probe else { return }
        probe =
            count < left
            ? .allowed(left: left - count, of: all, window: before - count) : .sent(all, window: window)
    }

    /// Nothing was credited for a while: a few bytes may be sent.
    mutating func allowProbe(window: Int) {
        if case .allowed = probe { return }
        guard isTight || isAudited else { return }
        allow(window)
    }

    /// Whether a probe was sent of which nothing was credited yet.
    var awaitsCredit: Bool { if case .sent = probe { true } else { false } }

    private mutating func allow(_ window: Int) {
        let size = nextSize(window)
        probe = .allowed(left: size, of: size, window: window)
        probeNumber += 1
    }

    /// From now on nothing but probes is sent, where the client may have lost something.
    mutating func beginAudit(window: Int) {
        guard isWide, !isTight, window < widest - lost else { return }
        (isAudited, misses) = (true, 0)
    }

    mutating func endAudit() {
        guard isAudited else { return }
        (isAudited, probe, hits) = (false, .none, 0)
    }

    private var isWide: Bool { widest - lost > 3 * Self.margin + Self.reserve }

    /// Another one for each hit; and so many that the client has to credit them.
    private func nextSize(_ window: Int) -> Int { max(1, threshold + 1 - (widest - lost - window)) + hits }

    private mutating func noteCredit(_ window: Int) {
        switch probe {
        case .sent(let count, let after) where window > after:
            noteCredit(of: count, window, isExact: window == after + count)
        case .allowed(let left, let all, let expected) where window != expected && left < all:
            noteCredit(of: all, window, isExact: false)
        default: break
        }
        // Whoever has read everything has lost nothing.
        if isAudited, window >= widest - lost { endAudit() }
    }

    private mutating func noteCredit(of count: Int, _ window: Int, isExact: Bool) {
        guard isExact, window < widest - lost else {
            (probe, hits) = (.none, 0)
            misses += 1
            if misses >= Self.tries { endAudit() }
            return
        }
        hits += 1
        guard hits == Self.proof else { return allow(window) }
        lost = widest - window
        isDiscarding = true
        (probe, hits, isAudited) = (.none, 0, false)
    }
}
