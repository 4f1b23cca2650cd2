import CSSH

/// Tells from libssh's two counters what it holds for the client: what was sealed into packets less what the socket took.
///
/// The first counts payloads, the second everything, so the difference drifts; it is set right whenever nothing is held.
struct OutboundMeter {
    /// Length, padding length, least padding and code of a packet.
    private static let leastOverhead: Int64 = 25
    private var drift: Int64 = 0

    /// Bytes held, never more than there are.
    mutating func held(sealed: ssh_counter_struct, sent: ssh_counter_struct, isEmpty: Bool) -> Int {
        let sealedBytes = Int64(clamping: sealed.out_bytes) + Self.leastOverhead * Int64(clamping: sealed.out_packets)
        let difference = sealedBytes - Int64(clamping: sent.out_bytes)
        if isEmpty { drift = difference }
        return Int(max(0, difference - drift))
    }
}
