/// How many connections there may be before authentication (`MaxStartups` in sshd_config(5)), and of whom.
struct StartupLimits: Hashable, Sendable {
    /// Connections that are served.
    var places: Int
    /// Of one network.
    var network: Int
    /// Of one site.
    var site: Int
    /// Connections that wait for a place, open and not served.
    var waiting: Int

    /// - Parameter descriptors: how many of them clients may take.
    init(descriptors: Int) {
        places = min(1_000, max(8, descriptors / 4))
        network = max(places / 4, min(128, places / 2))
        site = max(places / 2, min(192, places * 3 / 4))
        waiting = min(4_000, max(8, descriptors / 4))
    }
}
