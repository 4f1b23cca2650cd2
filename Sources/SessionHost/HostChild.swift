import Platform
import SessionModel
import Wire

/// A program that runs beside the terminal, for one channel of one front-end.
final class HostChild {
    let id: ChildID
    let pid: ProcessID
    let frontEnd: FrontEnd
    /// By which its front-end knows it.
    let reference: Reference
    let channel: OpenedChannel
    let since: Moment
    /// Whether it was ended because of its operator's rights, or by a lead.
    var isEnding = false
    /// Where it tells what it did to files.
    let reports: OwnedDescriptorBox?
    /// Hears what it told before it ended.
    var lastWords: (() -> Void)?

    init(
        _ channel: OpenedChannel, pid: ProcessID, since: Moment, of frontEnd: FrontEnd, by reference: Reference,
        reports: OwnedDescriptorBox? = nil
    ) {
        id = ChildID(rawValue: channel.id.rawValue)
        self.channel = channel
        self.pid = pid
        self.since = since
        self.frontEnd = frontEnd
        self.reference = reference
        self.reports = reports
    }

    func signal(_ name: String) {
        guard let number = SignalName.number(of: name) else { return }
        pid.signalGroup(number)
    }

    /// Its channel is gone: what a terminal does whose line drops.
    func hangUp() { signal("HUP") }
}
