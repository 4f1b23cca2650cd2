import SessionModel
import Testing

@Suite("Limits that a session meets")
struct LimitWatchTests {
    private func at(_ seconds: Int) -> Moment { Moment(sinceStart: .seconds(seconds)) }

    private func usage(killed: UInt64 = 0, refused: UInt64 = 0) -> ResourceUsage {
        ResourceUsage(processes: 1, killed: killed, refused: refused)
    }

    @Test("each is told of once, and those that follow at once together")
    func told() {
        var watch = LimitWatch()
        #expect(watch.look(at: usage(), now: at(0)).isEmpty)
        #expect(watch.look(at: usage(killed: 1), now: at(1)) == [.init(resource: .memory, count: 1)])
        #expect(watch.look(at: usage(killed: 1), now: at(2)).isEmpty)
        #expect(watch.look(at: usage(killed: 3), now: at(3)).isEmpty)
        #expect(watch.look(at: usage(killed: 9, refused: 2), now: at(4)) == [.init(resource: .processes, count: 2)])
        #expect(watch.look(at: usage(killed: 9, refused: 2), now: at(11)) == [.init(resource: .memory, count: 8)])
    }
}
