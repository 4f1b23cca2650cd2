import Platform
import SystemPackage

/// Accepts front-ends: processes of this user or root. Whoever connects again and again costs the session at most a
/// third of its time.
final class FrontEndAcceptor {
    /// How many are looked at in one round: a look at where a process runs is a walk through `/proc`.
    private static let burst = 4

    private let acceptor: Acceptor

    init(
        on listener: FileDescriptor, loop: EventLoop, _ admit: @escaping (consuming OwnedDescriptor) -> Void
    ) throws(Errno) {
        var rest: ((Duration) -> Void)?
        acceptor = try Acceptor(on: listener, loop: loop, burst: Self.burst) { socket in
            // A front-end says hello as soon as it is connected; one that is gone costs nothing more.
            guard socket.borrowed.arrival != .end, LocalSocket.isOfThisUser(socket.borrowed) else { return }
            // They come before programs beside the terminal, which leave the whole reserve alone.
            guard OpenFileLimit.leavesReserve(socket.borrowed, part: 2) else {
                return Diagnostics.noteShortage(of: "a front-end")
            }
            let start = ContinuousClock.now
            admit(socket)
            rest?((ContinuousClock.now - start) * 2)
        }
        rest = { [unowned acceptor] in if $0 > .milliseconds(1) { acceptor.rest($0) } }
        acceptor.starved = { _ in Diagnostics.noteShortage(of: "a front-end") }
    }

    deinit { acceptor.stop() }
}
