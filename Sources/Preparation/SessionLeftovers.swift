import Environment
import Platform
import Wire

/// What runs of a session whose host is gone: a host that ends in order leaves nothing.
struct SessionLeftovers {
    /// How often it is looked whether new ones have come, where no group holds them all.
    private static let rounds = 20

    private let directory: String

    init(of directory: String) { self.directory = directory }

    /// Ends the processes of the session on this machine; those of a container end with it.
    func end() {
        if let group = ControlGroup(leftOf: SessionGroup.name(in: directory)) {
            group.kill()
            group.remove()
        }
        let variable = "\(SessionVariables.directory)=\(directory)"
        for _ in 0..<Self.rounds {
            let left = ProcessTree.processes(withVariable: variable)
            guard !left.isEmpty else { return }
            for process in left { process.signal(Signals.kill) }
        }
    }
}
