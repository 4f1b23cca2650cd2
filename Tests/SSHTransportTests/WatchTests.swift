import Testing

@testable import SSHTransport

@Suite("Watches over a connection")
struct WatchTests {
    @Test("packets are unanswered until one is sent, and a look is due every so many")
    func dialogue() {
        var watch = DialogueWatch()
        expect(watch.unanswered(received: 10, sealed: 0), is: 10)
        expect(watch.unanswered(received: 12, sealed: 1), is: 0)
        let many = watch.unanswered(received: 12 + DialogueWatch.probeInterval, sealed: 1)
        expect(watch.isProbeDue(unanswered: many), is: true)
        expect(watch.isProbeDue(unanswered: many), is: false)
        expect(watch.unanswered(received: 20_000, sealed: 2), is: 0)
        expect(watch.isProbeDue(unanswered: 1), is: false)
    }

    @Test("silence is counted in intervals, and a line that takes bytes is not silent")
    func silence() {
        var watch = SilenceWatch()
        watch.observe(received: 100, acknowledged: 50)
        #expect(watch.intervals == 0)
        watch.observe(received: 100, acknowledged: 50)
        watch.observe(received: 100, acknowledged: 50)
        #expect(watch.intervals == 2)
        watch.observe(received: 100, acknowledged: 60)
        #expect(watch.intervals == 0)
        watch.observe(received: 101, acknowledged: 60)
        #expect(watch.intervals == 0)
    }

    @Test("what is held is never overstated, and nothing is held when everything was sent")
    func meter() {
        var meter = OutboundMeter()
        var (sealed, sent) = (ssh(bytes: 1_000_000, packets: 100_000), ssh(bytes: 9_000_000, packets: 0))
        expect(meter.held(sealed: sealed, sent: sent, isEmpty: true), is: 0)
        sealed = ssh(bytes: 1_100_000, packets: 100_010)
        expect(meter.held(sealed: sealed, sent: sent, isEmpty: false), is: 100_250)
        sent = ssh(bytes: 9_100_000, packets: 0)
        expect(meter.held(sealed: sealed, sent: sent, isEmpty: false), is: 250)
        expect(meter.held(sealed: sealed, sent: sent, isEmpty: true), is: 0)
        expect(meter.held(sealed: sealed, sent: ssh(bytes: 9_999_999, packets: 0), isEmpty: false), is: 0)
    }

    private func ssh(bytes: UInt64, packets: UInt64) -> OutboundMeter.Count {
        OutboundMeter.Count(bytes: bytes, packets: packets)
    }
}
