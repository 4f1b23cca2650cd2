import SessionModel
import Testing

@testable import Gateway

/// Connections that come and go while a clock that the test owns goes on.
private struct Crowd {
    var startups: Startups
    private(set) var now = ContinuousClock.now
    private var last: UInt64 = 0
    /// Who is served or waits, and from where.
    private(set) var served: Set<Startups.ID> = []
    private(set) var waiting: Set<Startups.ID> = []
    private(set) var gone: Set<Startups.ID> = []

    init(places: Int, network: Int, site: Int? = nil, waiting: Int = 1_000) {
        var limits = StartupLimits(descriptors: 1_000)
        (limits.places, limits.network, limits.site, limits.waiting) = (places, network, site ?? places, waiting)
        startups = Startups(limits: limits)
    }

    @discardableResult
    mutating func come(from address: String) -> Startups.ID {
        last += 1
        let id = Startups.ID(rawValue: last)
        waiting.insert(id)
        note(startups.arrive(id, from: ClientNetwork(address), at: now))
        return id
    }

    mutating func come(_ count: Int, from address: String) -> [Startups.ID] {
        (0..<count).map { _ in come(from: address) }
    }

    mutating func pass(_ duration: Duration) {
        now += duration
        note(startups.pass(to: now))
    }

    mutating func speak(_ id: Startups.ID) { note(startups.spoke(id, at: now)) }

    mutating func logIn(_ id: Startups.ID, with key: String) {
        served.remove(id)
        note(startups.authenticated(id, with: Fingerprint(text: key), at: now))
    }

    mutating func leave(_ id: Startups.ID, because failure: AddressHistory.Failure? = nil) {
        served.remove(id)
        waiting.remove(id)
        note(startups.leave(id, because: failure, at: now))
    }

    mutating func shed() { note(startups.shed(at: now)) }

    private mutating func note(_ actions: [Startups.Action]) {
        for action in actions {
            switch action {
            case .admit(let id):
                #expect(waiting.remove(id) != nil)
                served.insert(id)
            case .displace(let id):
                #expect(served.remove(id) != nil)
                gone.insert(id)
            case .refuse(let id):
                #expect(waiting.remove(id) != nil)
                gone.insert(id)
            }
        }
        #expect(startups.served == served.count && startups.waiting == waiting.count)
        #expect(served.count <= startups.limits.places && waiting.count <= startups.limits.waiting)
    }
}

@Suite("Connections before authentication")
struct StartupsTests {
    @Test("are all served while there are places")
    func room() {
        var crowd = Crowd(places: 20, network: 10)
        let all = crowd.come(10, from: "192.0.2.1") + crowd.come(10, from: "198.51.100.1")
        #expect(crowd.served == Set(all))
    }

    @Test("of one address: a newcomer is served instead of the oldest that said nothing")
    func oldestOfAddress() {
        var crowd = Crowd(places: 20, network: 5)
        let silent = crowd.come(5, from: "192.0.2.1")
        crowd.pass(.milliseconds(600))
        let newcomer = crowd.come(from: "192.0.2.1")
        #expect(crowd.waiting == [newcomer])
        crowd.speak(newcomer)
        #expect(crowd.served.contains(newcomer))
        #expect(crowd.gone == [silent[0]])
    }

    @Test("are not displaced by their own address at once: a newcomer waits until one had its time")
    func guaranteed() {
        var crowd = Crowd(places: 20, network: 5)
        let first = crowd.come(5, from: "192.0.2.1")
        let newcomer = crowd.come(from: "192.0.2.1")
        crowd.speak(newcomer)
        #expect(crowd.served == Set(first) && crowd.waiting == [newcomer])
        crowd.pass(.milliseconds(400))
        #expect(crowd.waiting == [newcomer])
        crowd.pass(.milliseconds(100))
        #expect(crowd.served.contains(newcomer) && crowd.gone.count == 1)
    }

    @Test("that say nothing either wait longer, but not for ever")
    func silentNewcomer() {
        var crowd = Crowd(places: 20, network: 5)
        _ = crowd.come(5, from: "192.0.2.1")
        let newcomer = crowd.come(from: "192.0.2.1")
        crowd.pass(.milliseconds(1_900))
        #expect(crowd.waiting == [newcomer])
        crowd.pass(.milliseconds(100))
        #expect(crowd.served.contains(newcomer))
    }

    @Test(
        "keep their place the longer the further they got",
        arguments: [
            (Startups.Stage.silent, Duration.milliseconds(500)), (.identified, .seconds(1)),
            (.keysExchanged, .seconds(3)), (.knownKey, .seconds(10)), (.recentKey, .seconds(20)),
        ])
    func stages(_ stage: Startups.Stage, _ time: Duration) {
        var crowd = Crowd(places: 1, network: 1)
        let first = crowd.come(from: "192.0.2.1")
        crowd.startups.advance(first, to: stage)
        let newcomer = crowd.come(from: "192.0.2.1")
        crowd.speak(newcomer)
        crowd.pass(time - .milliseconds(1))
        #expect(crowd.served == [first])
        crowd.pass(.milliseconds(1))
        #expect(crowd.served == [newcomer] && crowd.gone == [first])
    }

    @Test("never fall back to an earlier stage")
    func stagesOnlyRise() {
        var crowd = Crowd(places: 1, network: 1)
        let one = crowd.come(from: "192.0.2.1")
        crowd.startups.advance(one, to: .keysExchanged)
        crowd.startups.advance(one, to: .identified)
        #expect(crowd.startups.stage(of: one) == .keysExchanged)
    }

    @Test("that got less far give their place up before those that got further, however old these are")
    func leastFarFirst() {
        var crowd = Crowd(places: 3, network: 3)
        let all = crowd.come(3, from: "192.0.2.1")
        crowd.startups.advance(all[0], to: .keysExchanged)
        crowd.startups.advance(all[1], to: .identified)
        crowd.pass(.seconds(5))
        _ = crowd.come(2, from: "192.0.2.1")
        #expect(crowd.gone == [all[1], all[2]])
    }

    @Test("another address is served at once when few addresses hold every place", arguments: [1, 5, 50])
    func otherAddress(_ addresses: Int) {
        var crowd = Crowd(places: 100, network: 100)
        for index in 0..<200 { crowd.come(from: "192.0.2.\(1 + index % addresses)") }
        let newcomer = crowd.come(from: "198.51.100.7")
        #expect(crowd.served.contains(newcomer))
    }

    @Test("whoever comes from an address of the attackers is served within its second when it says something")
    func sameAddress() {
        for addresses in [1, 5, 50] {
            var crowd = Crowd(places: 100, network: 50, waiting: 4_000)
            for index in 0..<2_000 { crowd.come(from: "192.0.2.\(1 + index % addresses)") }
            let newcomer = crowd.come(from: "192.0.2.1")
            crowd.speak(newcomer)
            for _ in 0..<20 where !crowd.served.contains(newcomer) { crowd.pass(.milliseconds(50)) }
            #expect(crowd.served.contains(newcomer), "\(addresses) addresses")
        }
    }

    @Test("a /64 of IPv6 is one address, and another network beside it is not")
    func version6() {
        var crowd = Crowd(places: 20, network: 10)
        for index in 0..<40 { crowd.come(from: "2001:db8:0:1::\(String(index, radix: 16))") }
        #expect(crowd.served.count == 10)
        let neighbour = crowd.come(from: "2001:db8:0:2::1")
        #expect(crowd.served.contains(neighbour))
    }

    @Test("many networks of one /48 have no more than the share of a site")
    func site() {
        var crowd = Crowd(places: 20, network: 10, site: 12)
        for index in 0..<40 { crowd.come(from: "2001:db8:0:\(String(index, radix: 16))::1") }
        #expect(crowd.served.count == 12)
        let other = crowd.come(from: "2001:db8:9:1::1")
        #expect(crowd.served.contains(other))
    }

    @Test("networks that all hold one place do not displace each other before their time")
    func equals() {
        var crowd = Crowd(places: 10, network: 5)
        for index in 0..<10 { crowd.come(from: "10.\(index).0.1") }
        let newcomer = crowd.come(from: "10.99.0.1")
        crowd.speak(newcomer)
        #expect(crowd.waiting == [newcomer] && crowd.gone.isEmpty)
        crowd.pass(.milliseconds(500))
        #expect(crowd.served.contains(newcomer))
    }

    @Test("an address from which somebody logged in within the hour has a larger share, and none after it")
    func recentLogin() {
        var crowd = Crowd(places: 100, network: 10)
        crowd.logIn(crowd.come(from: "192.0.2.1"), with: "alice")
        _ = crowd.come(30, from: "192.0.2.1")
        #expect(crowd.startups.served(from: ClientNetwork("192.0.2.1")) == 20)
        var later = Crowd(places: 100, network: 10)
        later.logIn(later.come(from: "192.0.2.1"), with: "alice")
        later.pass(.seconds(3_601))
        _ = later.come(30, from: "192.0.2.1")
        #expect(later.served.count == 10)
    }

    @Test("a key that logged in from there lately keeps its place longest, and only from there")
    func recentKey() {
        var crowd = Crowd(places: 10, network: 10)
        crowd.logIn(crowd.come(from: "192.0.2.1"), with: "alice")
        let (here, there, other) = (
            crowd.come(from: "192.0.2.1"), crowd.come(from: "198.51.100.1"), crowd.come(from: "192.0.2.1")
        )
        crowd.startups.named(Fingerprint(text: "alice"), by: here, at: crowd.now)
        crowd.startups.named(Fingerprint(text: "alice"), by: there, at: crowd.now)
        crowd.startups.named(Fingerprint(text: "bob"), by: other, at: crowd.now)
        #expect(crowd.startups.stage(of: here) == .recentKey)
        #expect(crowd.startups.stage(of: there) == .knownKey)
        #expect(crowd.startups.stage(of: other) == .knownKey)
    }

    @Test("an address that fails again and again has a smaller share, but always one")
    func penalties() {
        var crowd = Crowd(places: 100, network: 40)
        func share() -> Int {
            var next = crowd
            _ = next.come(100, from: "192.0.2.1")
            return next.startups.served(from: ClientNetwork("192.0.2.1"))
        }
        #expect(share() == 40)
        crowd.leave(crowd.come(from: "192.0.2.1"), because: .authentication)
        #expect(share() == 40)
        for _ in 0..<4 { crowd.leave(crowd.come(from: "192.0.2.1"), because: .authentication) }
        #expect(share() == 30)
        for _ in 0..<1_000 { crowd.leave(crowd.come(from: "192.0.2.1"), because: .slow) }
        #expect(share() == 20)
        crowd.pass(.seconds(600))
        #expect(share() == 40)
    }

    @Test("those that wait longest for nothing are refused when too many wait, and whoever just came is not")
    func overflow() {
        var crowd = Crowd(places: 2, network: 2, waiting: 3)
        _ = crowd.come(2, from: "192.0.2.1")
        let waiting = crowd.come(3, from: "192.0.2.1")
        crowd.pass(.milliseconds(300))
        let newcomer = crowd.come(from: "192.0.2.1")
        #expect(crowd.gone == [waiting[0]])
        #expect(crowd.waiting == [waiting[1], waiting[2], newcomer])
    }

    @Test("nobody waits for ever, nor is served for long without a key while more than half of the places are taken")
    func time() {
        var crowd = Crowd(places: 4, network: 2)
        let all = crowd.come(3, from: "192.0.2.1")
        crowd.startups.advance(all[0], to: .recentKey)
        crowd.startups.advance(all[1], to: .recentKey)
        crowd.pass(.seconds(19))
        #expect(crowd.waiting == [all[2]])
        var half = Crowd(places: 4, network: 4)
        let three = half.come(3, from: "192.0.2.1")
        half.startups.advance(three[0], to: .knownKey)
        half.pass(.seconds(10))
        #expect(half.served.count == 2 && half.served.contains(three[0]))
        half.pass(.seconds(100))
        #expect(half.served.count == 2)
    }

    @Test("a process without descriptors sheds one that waits, else the oldest of the fullest network")
    func shed() {
        var crowd = Crowd(places: 3, network: 2)
        let served = crowd.come(2, from: "192.0.2.1") + [crowd.come(from: "198.51.100.1")]
        let waiting = crowd.come(from: "192.0.2.1")
        crowd.shed()
        #expect(crowd.gone == [waiting])
        crowd.shed()
        #expect(crowd.gone == [waiting])
        crowd.pass(.milliseconds(500))
        crowd.shed()
        #expect(crowd.gone == [waiting, served[0]])
    }

    @Test("two hundred that reconnect at once displace nobody who is about to log in")
    func reconnecting() {
        for descriptors in [900, 60_000] {
            var crowd = Crowd(places: 1, network: 1)
            crowd.startups = Startups(limits: StartupLimits(descriptors: descriptors))
            for index in 0..<200 {
                let id = crowd.come(from: "192.0.2.1")
                if index % 2 == 0 { crowd.speak(id) }
            }
            crowd.pass(.seconds(2))
            let member = crowd.come(from: "192.0.2.1")
            crowd.speak(member)
            var rounds = 0
            while !crowd.served.contains(member), rounds < 100 {
                let before = crowd.gone
                crowd.pass(.milliseconds(50))
                for _ in crowd.gone.subtracting(before) { crowd.speak(crowd.come(from: "192.0.2.1")) }
                rounds += 1
            }
            #expect(crowd.served.contains(member) && rounds < 40, "served after \(rounds * 50) ms")
            crowd.startups.advance(member, to: .keysExchanged)
            for _ in 0..<40 {
                let before = crowd.gone
                crowd.pass(.milliseconds(50))
                for _ in crowd.gone.subtracting(before) { crowd.speak(crowd.come(from: "192.0.2.1")) }
            }
            #expect(crowd.served.contains(member))
        }
    }

    @Test("events in any order leave the counts right, within every limit")
    func anyOrder() {
        var generator = SystemRandomNumberGenerator()
        var crowd = Crowd(places: 12, network: 4, site: 8, waiting: 10)
        for _ in 0..<5_000 {
            let anybody = (crowd.served.union(crowd.waiting)).randomElement(using: &generator)
            switch Int.random(in: 0..<10, using: &generator) {
            case 0..<5: crowd.come(from: "10.0.\(Int.random(in: 0..<3)).\(Int.random(in: 0..<3))")
            case 5: crowd.pass(.milliseconds(Int.random(in: 0..<2_000)))
            case 6: if let anybody { crowd.speak(anybody) }
            case 7: if let anybody { crowd.leave(anybody, because: .left) }
            case 8: if let one = crowd.served.randomElement() { crowd.logIn(one, with: "key \(Int.random(in: 0..<3))") }
            default: crowd.shed()
            }
        }
        for id in crowd.served.union(crowd.waiting) where crowd.startups.stage(of: id) != nil { crowd.leave(id) }
        for id in crowd.served.union(crowd.waiting) { crowd.leave(id) }
        #expect(crowd.startups.isEmpty && crowd.startups.served == 0 && crowd.startups.waiting == 0)
    }
}

@Suite("The limits before authentication")
struct StartupLimitsTests {
    @Test("follow from the descriptors, and leave most of them to whoever is in", arguments: [0, 80, 872, 65_000])
    func fromDescriptors(_ descriptors: Int) {
        let limits = StartupLimits(descriptors: descriptors)
        #expect(limits.places >= 8 && limits.waiting >= 8)
        #expect(limits.places + limits.waiting <= max(16, descriptors / 2 + 1))
        #expect(limits.network > 0 && limits.network <= limits.site && limits.site <= limits.places)
    }
}

@Suite("The network of a client")
struct ClientNetworkTests {
    @Test("is an IPv4 address, or a /64 of IPv6")
    func networks() {
        #expect(ClientNetwork("192.0.2.7") != ClientNetwork("192.0.2.8"))
        #expect(ClientNetwork("::ffff:192.0.2.7") == ClientNetwork("192.0.2.7"))
        #expect(ClientNetwork("2001:db8::1") == ClientNetwork("2001:db8::ffff:0:0:1"))
        #expect(ClientNetwork("2001:db8:0:1::1") != ClientNetwork("2001:db8:0:2::1"))
        #expect(ClientNetwork("unknown") == ClientNetwork("nobody"))
        #expect(ClientNetwork("0.0.0.1") != ClientNetwork("::1:0:0:0:1"))
    }

    @Test("is in the site of its neighbours")
    func sites() {
        #expect(ClientNetwork("192.0.2.7").site == ClientNetwork("192.0.2.200").site)
        #expect(ClientNetwork("192.0.2.7").site != ClientNetwork("192.0.3.7").site)
        #expect(ClientNetwork("2001:db8:0:1::1").site == ClientNetwork("2001:db8:0:2::1").site)
        #expect(ClientNetwork("2001:db8:0:1::1").site != ClientNetwork("2001:db8:1:1::1").site)
    }

    @Test("is written as people write networks")
    func text() {
        #expect("\(ClientNetwork("192.0.2.7"))" == "192.0.2.7")
        #expect("\(ClientNetwork("2001:db8:0:1::5"))" == "2001:db8:0:1::/64")
    }
}
