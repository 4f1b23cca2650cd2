/// Tells from libssh's two counters what it holds for the client: what was sealed into packets less what was sent.
///
/// The first counts payloads, the second everything, so the difference drifts; it is set right when nothing is held.
struct OutboundMeter {
    /// What a counter of libssh's says.
    struct Count {
        let bytes: UInt64
        let packets: UInt64
    }

    /// Length, padding length, least padding and code of a packet.
    private static let leastOverhead: Int64 = 25
    private var drift: Int64 = 0

    /// Bytes held, never more than there are.
    mutating func held(sealed: Count, sent: Count, isEmpty: Bool) -> Int {
        let sealedBytes = Int64(clamping: sealed.bytes) + Self.leastOverhead * Int64(clamping: sealed.packets)
        let difference = sealedBytes - Int64(clamping: sent.bytes)
        if isEmpty { drift = difference }
        return Int(max(0, difference - drift))
    }
}
