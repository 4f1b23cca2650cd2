import Platform
import SessionModel
import Wire

/// A program that runs beside the terminal, for one channel of one front-end.
final class HostChild {
    let id: ChildID
    let pid: ProcessID
    let frontEnd: FrontEnd
    /// Where it tells what it did to files.
    let reports: OwnedDescriptorBox?
    /// Hears what it told before it ended.
    var lastWords: (() -> Void)?

    init(id: ChildID, pid: ProcessID, frontEnd: FrontEnd, reports: OwnedDescriptorBox? = nil) {
        self.id = id
        self.pid = pid
        self.frontEnd = frontEnd
        self.reports = reports
    }

    func signal(_ name: String) {
        guard let number = SignalName.number(of: name) else { return }
        pid.signalGroup(number)
    }

    /// Its channel is gone: what a terminal does whose line drops.
    func hangUp() { signal("HUP") }
}
