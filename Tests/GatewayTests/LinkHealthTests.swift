import Testing

@testable import Gateway

@Suite("Whether a host still responds")
struct LinkHealthTests {
    private func looks(_ health: inout LinkHealth, _ count: Int, isAwaited: Bool = false, isUsed: Bool = true)
        -> [LinkHealth.Finding]
    {
        (0..<count).map { _ in health.look(isAwaited: isAwaited, isUsed: isUsed) }
    }

    @Test("is asked after a while without a word, and told once when there is no answer, then now and then")
    func silent() {
        var health = LinkHealth()
        #expect(looks(&health, 3) == [.fine, .fine, .ask])
        #expect(looks(&health, 5) == [.fine, .fine, .fine, .fine, .silent])
        #expect(!health.isResponding)
        #expect(looks(&health, 15).filter { $0 != .fine } == [.stillSilent])
        let wasSilent = health.heard()
        #expect(wasSilent && health.isResponding)
    }

    @Test("is asked sooner where somebody waits for it")
    func awaited() {
        var health = LinkHealth()
        #expect(looks(&health, 1, isAwaited: true) == [.ask])
        #expect(looks(&health, 5, isAwaited: true).last == .silent)
    }

    @Test("is no question while it speaks, or while nobody is there")
    func fine() {
        var health = LinkHealth()
        for _ in 0..<50 {
            #expect(looks(&health, 2) == [.fine, .fine])
            let wasSilent = health.heard()
            #expect(!wasSilent)
        }
        #expect(looks(&health, 50, isUsed: false).allSatisfy { $0 == .fine })
    }

    @Test("is judged anew when it has answered the question")
    func answered() {
        var health = LinkHealth()
        for _ in 0..<5 {
            #expect(looks(&health, 3).last == .ask)
            #expect(looks(&health, 4).allSatisfy { $0 == .fine })
            _ = health.heard()
        }
    }
}
