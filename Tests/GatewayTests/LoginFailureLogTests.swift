import Testing

@testable import Gateway

/// A log behind a reference, so that expectations can ask it.
private final class Log {
    private var log = LoginFailureLog()

    func note(_ address: String, at now: ContinuousClock.Instant) -> Bool { log.note(address, at: now) }

    func summaries(at now: ContinuousClock.Instant) -> [LoginFailureLog.Summary] { log.summaries(at: now) }
}

@Suite("The log of connections that end before login")
struct LoginFailureLogTests {
    private let start = ContinuousClock.now

    @Test("has a line for the first of each address, and one that sums the others up")
    func sums() {
        let log = Log()
        #expect(log.note("192.0.2.1", at: start))
        #expect(log.note("192.0.2.2", at: start))
        for _ in 0..<1_234 { #expect(!log.note("192.0.2.1", at: start)) }
        #expect(log.summaries(at: start + .seconds(9)).isEmpty)
        #expect(log.summaries(at: start + .seconds(10)) == [.init(address: "192.0.2.1", count: 1_234)])
        #expect(log.summaries(at: start + .seconds(600)).isEmpty)
    }

    @Test("sums up for longer while an address goes on")
    func goesOn() {
        let log = Log()
        var lines = 0
        for second in 0..<3_600 {
            let now = start + .seconds(second)
            for _ in 0..<20 where log.note("192.0.2.1", at: now) { lines += 1 }
            lines += log.summaries(at: now).count
        }
        #expect(lines < 20)
    }

    @Test("has a line for an address again when that was quiet")
    func again() {
        let log = Log()
        #expect(log.note("192.0.2.1", at: start))
        #expect(log.summaries(at: start + .seconds(10)).isEmpty)
        #expect(log.note("192.0.2.1", at: start + .seconds(11)))
    }

    @Test("takes a /64 for one address")
    func version6() {
        let log = Log()
        #expect(log.note("2001:db8::1", at: start))
        #expect(!log.note("2001:db8::2", at: start))
    }

    @Test("has a line for each of a thousand addresses, and counts those of a million")
    func manyAddresses() {
        let log = Log()
        let lines = (0..<20_000).count { log.note("10.\($0 >> 16).\($0 >> 8 & 255).\($0 & 255)", at: start) }
        #expect(lines == 1_000)
        #expect(log.summaries(at: start + .seconds(10)).contains(.init(address: nil, count: 19_000)))
    }
}
