import Platform
import SessionModel
import Wire

/// A program that runs beside the terminal, for one channel of one front-end.
final class HostChild {
    let id: ChildID
    let pid: ProcessID
    let frontEnd: FrontEnd

    init(id: ChildID, pid: ProcessID, frontEnd: FrontEnd) {
        self.id = id
        self.pid = pid
        self.frontEnd = frontEnd
    }

    func signal(_ name: String) {
        guard let number = SignalName.number(of: name) else { return }
        pid.signalGroup(number)
    }

    /// Its channel is gone: what a terminal does whose line drops.
    func hangUp() { signal("HUP") }
}
