import Platform
import SessionModel
import Wire

/// Processes of the session that are work though nothing else shows it: a job in the background, say.
extension Session {
    /// Whether there is one besides the shell, and in a container besides its first, that the idle rule does not name.
    var runsMoreThanItsShell: Bool {
        // Of a program's own name the kernel keeps 15 bytes.
        let names = plan.idle?.ignored ?? []
        let ignored = Set(names + names.map { String(decoding: $0.utf8.prefix(15), as: UTF8.self) })
        let leader = place.map { ProcessID(rawValue: Int32($0.leader)) }
        var processes = usageGroup?.allProcesses ?? []
        // The shell itself is in the group: one that shows nothing is none.
        if processes.isEmpty { processes = ProcessTree.descendants(of: leader ?? .current) }
        return processes.contains { process in
            guard process != shell, process != leader, let facts = ProcessTree.facts(of: process),
                !["Z", "X"].contains(facts.state)
            else { return false }
            let arguments = ProcessTree.arguments(of: process)
            // What keeps a container that has no better program for it.
            if facts.parent == leader, arguments == ["sleep", "3600"] { return false }
            return !Self.names(facts, arguments).contains { ignored.contains($0) }
        }
    }

    /// By its own name, and by that of its program.
    private static func names(_ facts: ProcessFacts, _ arguments: [String]) -> [String] {
        let path = arguments.first ?? ""
        return [facts.name, path.split(separator: "/").last.map(String.init) ?? path]
    }
}
