import SessionModel
import Testing

@Suite("What tells that a session is shown inside itself")
struct WatchTokenTests {
    private func token(_ time: UInt64) -> WatchToken { WatchToken(time: time, number: 7) }

    @Test("the control string says which attachments it is of, and no other string does")
    func marker() {
        let tokens = [token(3), token(1)]
        let marker = WatchToken.marker(tokens)
        #expect(marker.starts(with: [0x1B, 0x5D]) && marker.suffix(2) == [0x1B, 0x5C])
        #expect(WatchToken.tokens(in: Array(marker.dropFirst(2).dropLast(2))) == tokens)
        for other in [
            "133;A;secret", "6177;cmdop;", "6177;cmdop;0123", "6177;cmdop;\(String(repeating: "G", count: 32))",
        ] {
            #expect(WatchToken.tokens(in: Array(other.utf8)).isEmpty)
        }
        #expect(WatchToken.tokens(in: Array(repeating: 0x61, count: 100_000)).isEmpty)
    }

    @Test("the newest attachment closes a loop, also through another session")
    func loops() {
        var one = WatchedTokens()
        _ = one.note([token(5)])
        #expect(one.isClosed(by: token(5)) && !one.isClosed(by: token(4)))
        // Session two is shown in one by 3; one was shown in two before, by 2.
        var two = WatchedTokens()
        _ = two.note([token(2)])
        #expect(!two.isClosed(by: token(3)))
        var first = WatchedTokens()
        _ = first.note([token(3), token(2)])
        #expect(!first.isClosed(by: token(2)), "the older goes on")
        _ = two.note([token(3)])
        #expect(two.isClosed(by: token(3)), "the newer ends")
    }

    @Test("they are bounded, each new one is told once, and none is from another day")
    func bounded() {
        var watched = WatchedTokens()
        let isNew = (1...100).map { watched.note([token(UInt64($0))]) }
        #expect(isNew.allSatisfy { $0 })
        #expect(watched.tokens.count == WatchToken.limit && watched.tokens.first == token(100))
        let isOld = [watched.note([token(100)]), watched.note([token(1)]), watched.note([token(.max)], at: 1_000)]
        #expect(!isOld.contains(true))
    }
}
