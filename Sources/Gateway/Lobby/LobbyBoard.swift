import HostClient
import Platform
import SessionModel
import Wire

/// What is known of every session, asked for once a second while a lobby is open: one poll for all lobbies of a loop.
final class LobbyBoard {
    struct Entry: Hashable {
        var status: SessionStatus
        var live: SessionDescription?
    }

    private static let interval = Duration.seconds(1)
    private static let tellingPause = Duration.milliseconds(20)
    /// Rounds after which a host that has not answered is shown as one that does not.
    private static let patience = 2

    private unowned let door: FrontDoor
    private(set) var entries: [SessionName: Entry] = [:]
    /// Whether every session of the first round has been heard of.
    private(set) var isFilled = false
    private var asked: [SessionName: Int] = [:]
    private var viewers: [ObjectIdentifier: () -> Void] = [:]
    private var timer: EventLoop.TimerID?
    private var isTellingScheduled = false

    init(door: FrontDoor) { self.door = door }

    /// - Parameter changed: called when there is news; never before this returns.
    func add(_ viewer: AnyObject, changed: @escaping () -> Void) {
        viewers[ObjectIdentifier(viewer)] = changed
        if timer == nil { poll() } else { tell() }
    }

    func remove(_ viewer: AnyObject) {
        viewers[ObjectIdentifier(viewer)] = nil
        guard viewers.isEmpty else { return }
        if let timer { door.loop.cancel(timer) }
        timer = nil
        entries = [:]
        isFilled = false
    }

    private func poll() {
        timer = door.loop.schedule(after: Self.interval) { [weak self] in self?.poll() }
        let names = Set(door.store.sessions())
        entries = entries.filter { names.contains($0.key) }
        for name in names {
            if let rounds = asked[name] {
                asked[name] = rounds + 1
                if rounds + 1 >= Self.patience { entries[name] = Entry(status: statusOfSilent(name), live: nil) }
            } else {
                ask(name)
            }
        }
        tell()
    }

    private func ask(_ name: SessionName) {
        asked[name] = 0
        door.link(to: name, starting: nil) { [weak self] outcome in
            guard let self else { return }
            switch outcome {
            case .success(let link): link.describe { [weak self] in self?.described(name, $0) }
            case .failure(.notRunning): self.settle(name, Entry(status: self.statusWithoutHost(name), live: nil))
            case .failure: self.settle(name, Entry(status: self.statusOfSilent(name), live: nil))
            }
        }
    }

    private func described(_ name: SessionName, _ description: SessionDescription?) {
        if let description { return settle(name, Entry(status: .live, live: description)) }
        // Its host went while it was asked; one that is still ending is asked again.
        let status = door.store.status(of: name)
        settle(name, status == .live ? nil : Entry(status: status, live: nil))
    }

    /// Its host does not answer: one that ends has no time for it.
    private func statusOfSilent(_ name: SessionName) -> SessionStatus {
        door.store.status(of: name) == .ending ? .ending : .live
    }

    /// It was just found without a host: somebody who looks at its lock at this moment does not make it live.
    private func statusWithoutHost(_ name: SessionName) -> SessionStatus {
        let status = door.store.status(of: name)
        return status == .live ? .lost : status
    }

    /// - Parameter entry: `nil` leaves what was known.
    private func settle(_ name: SessionName, _ entry: Entry?) {
        asked[name] = nil
        guard !viewers.isEmpty else { return }
        if let entry { entries[name] = entry }
        tell()
    }

    /// Hosts answer one after the other; lobbies are drawn anew for many of them at once.
    private func tell() {
        guard !isTellingScheduled else { return }
        isTellingScheduled = true
        door.loop.schedule(after: Self.tellingPause) { [weak self] in
            guard let self else { return }
            self.isTellingScheduled = false
            let isQuiet = self.asked.values.allSatisfy { $0 > 0 }
            self.isFilled = self.isFilled || isQuiet
            for changed in self.viewers.values { changed() }
        }
    }
}
