import Platform
import SystemPackage
import TestKit
import Testing

@Suite("An acceptor")
struct AcceptorTests {
    private let thread: LoopThread
    private let directory: TemporaryDirectory

    init() throws {
        thread = try LoopThread()
        directory = try TemporaryDirectory()
    }

    /// A listener that is left open until the loop ends, and clients that wait there.
    private func listener(clients: Int) throws -> (FileDescriptor, [FileDescriptor]) {
        let place = try StateDirectory.open(directory.path)
        let listener = try LocalSocket.listen(in: place, as: "socket").release()
        let waiting = try (0..<clients).map { _ in try LocalSocket.connect(in: place, to: "socket").release() }
        return (listener, waiting)
    }

    @Test("takes a few connections in a round of the loop, so that others go on in between")
    func bounded() async throws {
        let loop = thread.loop
        let (listener, clients) = try listener(clients: 40)
        let rounds = Notes<Int>()
        try await thread.run {
            var count = 0
            _ = try Unmanaged.passRetained(
                Acceptor(on: listener, loop: loop, burst: 4) { _ in
                    if count == 0 {
                        loop.afterThisRound {
                            rounds.add(count)
                            count = 0
                        }
                    }
                    count += 1
                })
        }
        try await eventually("all connections", seen: { "\(rounds.all)" }) { rounds.all.reduce(0, +) == 40 }
        #expect(rounds.all.allSatisfy { $0 <= 4 }, "\(rounds.all)")
        for client in clients { try client.close() }
    }

    @Test("that rests leaves connections to the kernel, and takes them later")
    func rests() async throws {
        let loop = thread.loop
        let (listener, clients) = try listener(clients: 3)
        let taken = Notes<ContinuousClock.Instant>()
        let start = ContinuousClock.now
        try await thread.run {
            let acceptor = try Acceptor(on: listener, loop: loop, burst: 4) { _ in taken.add(.now) }
            acceptor.rest(.milliseconds(200))
            _ = Unmanaged.passRetained(acceptor)
        }
        try await eventually("all connections") { taken.all.count == 3 }
        #expect(taken.all.allSatisfy { $0 - start >= .milliseconds(200) })
        for client in clients { try client.close() }
    }

    @Test("what has arrived on a socket is told without reading it")
    func arrival() throws {
        let (peer, mine) = try connectedPair { $0.release() }
        #expect(mine.arrival == .nothing)
        try peer.writeAll([7])
        #expect(mine.arrival == .bytes && mine.arrival == .bytes)
        try peer.close()
        #expect(mine.arrival == .bytes)
        var bytes: [UInt8] = []
        #expect(try mine.readAvailable(appendingTo: &bytes) == .completed(1))
        #expect(mine.arrival == .end)
        try mine.close()
    }

    @Test("last words reach a peer whose own words were not read")
    func lastWords() throws {
        let (peer, mine) = try connectedPair { $0.release() }
        try peer.writeAll([1, 2, 3])
        mine.sendLastWords([4, 5])
        try mine.close()
        var bytes = [UInt8](repeating: 0, count: 8)
        #expect(try bytes.withUnsafeMutableBytes { try peer.read(into: $0) } == 2)
        #expect(bytes.prefix(2) == [4, 5])
        try peer.close()
    }
}

@Suite("The limit of descriptors")
struct OpenFileLimitTests {
    @Test("keeps a reserve, and leaves room for clients", arguments: [64, 128, 256, 1_024, 65_536])
    func reserve(_ limit: Int) {
        let reserve = OpenFileLimit.reserve(of: limit)
        #expect(reserve >= 24 && reserve <= 256)
        #expect(OpenFileLimit.room(of: limit) <= limit - reserve)
        #expect(OpenFileLimit.room(of: limit) > 0)
    }

    @Test("has room for a few more, and not for more than there are")
    func room() {
        #expect(OpenFileLimit.hasRoom(for: 1))
        #expect(!OpenFileLimit.hasRoom(for: OpenFileLimit.current))
    }
}
