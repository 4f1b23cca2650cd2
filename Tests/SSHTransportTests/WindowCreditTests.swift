import Testing

@testable import SSHTransport

@Suite("What a window has room for")
struct WindowCreditTests {
    private static let full = 2 << 20
    private static let limit = 128 << 10

    @Test("no more is on its way than the limit, and all of it is credited before more is")
    func limit() {
        var credit = WindowCredit()
        let room1 = credit.room(window: Self.full, limit: Self.limit)
        #expect(room1 == Self.limit)
        let room2 = credit.room(window: Self.full - 96 << 10, limit: Self.limit)
        #expect(room2 == 32 << 10)
        let room3 = credit.room(window: Self.full - Self.limit, limit: Self.limit)
        #expect(room3 == 0)
        #expect(credit.isTight)
        let room4 = credit.room(window: Self.full, limit: Self.limit)
        #expect(room4 == Self.limit)
        #expect(credit.lost == 0 && !credit.isTight)
    }

    @Test("a client that throws away what it is sent has lost what it does not credit")
    func lost() {
        var client = DeadClient()
        var credit = WindowCredit()
        _ = credit.room(window: Self.full, limit: Self.limit)
        client.window = Self.full - 100_000
        let room5 = credit.room(window: client.window, limit: Self.limit)
        #expect(room5 == 0)
        for _ in 0..<3 { client.probe(&credit, Self.limit) }
        #expect(credit.lost == 0, "the client credits what it took just before first")
        let room10 = client.probe(&credit, Self.limit)
        #expect(room10 == Self.limit)
        #expect(credit.lost == 99_500 && credit.isDiscarding)
    }

    @Test("a client that reads nothing gets a few bytes of each probe, and nothing else")
    func blocked() {
        var credit = WindowCredit()
        var window = Self.full
        _ = credit.room(window: window, limit: Self.limit)
        window -= Self.limit
        for _ in 0..<50 {
            let room6 = credit.room(window: window, limit: Self.limit)
            #expect(room6 == 0)
            credit.allowProbe(window: window)
            let room = credit.room(window: window, limit: Self.limit)
            #expect(room == 1)
            window -= room
            credit.sent(room, window: window)
        }
        #expect(credit.lost == 0)
    }

    @Test("a slow reader's credit is no proof")
    func slow() {
        var credit = WindowCredit()
        var window = Self.full
        _ = credit.room(window: window, limit: Self.limit)
        window -= Self.limit
        for _ in 0..<20 {
            _ = credit.room(window: window, limit: Self.limit)
            credit.allowProbe(window: window)
            let room = min(credit.room(window: window, limit: Self.limit), 1_000)
            window -= room
            credit.sent(room, window: window)
            window += 4_096
            _ = credit.room(window: window, limit: Self.limit)
        }
        #expect(credit.lost == 0)
    }

    @Test("without a limit the window is used, but for what probes need")
    func wholeWindow() {
        var credit = WindowCredit()
        let room7 = credit.room(window: Self.full, limit: .max / 2)
        #expect(room7 == Self.full - 32 << 10)
        let room8 = credit.room(window: 32 << 10, limit: .max / 2)
        #expect(room8 == 0)
        credit.allowProbe(window: 32 << 10)
        let room9 = credit.room(window: 32 << 10, limit: .max / 2)
        #expect(room9 == 1)
    }

    @Test("of a small window everything is used")
    func smallWindow() {
        var credit = WindowCredit()
        for window in [32_768, 100, 1, 0] {
            let room = credit.room(window: window, limit: Self.limit)
            #expect(room == window)
        }
        #expect(!credit.isTight)
    }
}

extension WindowCreditTests {
    /// A client of OpenSSH's kind: credits what it has taken, once more than three packets are missing.
    private struct Client {
        var window: Int
        var missing = 0
        var taken = 0

        mutating func take(_ count: Int) {
            window -= count
            missing += count
            taken += count
            guard missing > 96 << 10 else { return }
            window += taken
            missing -= taken
            taken = 0
        }
    }

    private func audit(_ client: inout Client, _ credit: inout WindowCredit) {
        credit.beginAudit(window: client.window)
        for _ in 0..<20 where credit.isAudited {
            credit.allowProbe(window: client.window)
            while case let room = credit.room(window: client.window, limit: .max / 2), room > 0, credit.isAudited {
                // As packets cut it.
                let count = min(room, 32_758)
                let after = client.window - count
                credit.sent(count, window: after)
                client.take(count)
            }
        }
    }

    @Test(
        "an audit finds out what a client throws away that has lost but a little",
        arguments: [1, 700, 90_000])
    func audited(lost: Int) {
        var credit = WindowCredit()
        var client = Client(window: Self.full)
        _ = credit.room(window: client.window, limit: .max / 2)
        client.window -= lost
        client.missing = lost
        client.take(40_000)
        audit(&client, &credit)
        #expect(credit.isDiscarding && !credit.isAudited && credit.lost == lost)
    }

    @Test("an audit of a client that reads finds nothing", arguments: [0, 96 << 10, 5])
    func auditedAlive(_ taken: Int) {
        var credit = WindowCredit()
        var client = Client(window: Self.full)
        _ = credit.room(window: client.window, limit: .max / 2)
        client.take(taken)
        audit(&client, &credit)
        #expect(!credit.isDiscarding && !credit.isAudited && credit.lost == 0)
    }
}

/// Credits what it throws away at once, and never what it held before.
private struct DeadClient {
    var window = 0
    /// Taken before it was credited.
    var pending = 500

    @discardableResult
    mutating func probe(_ credit: inout WindowCredit, _ limit: Int) -> Int {
        credit.allowProbe(window: window)
        let room = credit.room(window: window, limit: limit)
        window -= room
        credit.sent(room, window: window)
        window += room + pending
        pending = 0
        return credit.room(window: window, limit: limit)
    }
}
