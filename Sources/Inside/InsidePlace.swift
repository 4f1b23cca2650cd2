import Platform

/// Where the program does what it does: here, or in a container, as the words before its task say.
struct InsidePlace {
    private var leader: Int32?
    private var user: UInt32 = 0
    private var group: UInt32 = 0
    private var directory: String?

    /// Takes `--enter PID`, `--user UID:GID` and `--directory PATH` from the front of the arguments; `nil` where they
    /// make no sense.
    init?(taking arguments: inout ArraySlice<String>) {
        while let option = arguments.first, option.hasPrefix("--") {
            guard let value = arguments.dropFirst().first else { return nil }
            switch option {
            case "--enter":
                guard let number = Int32(value), number > 0 else { return nil }
                leader = number
            case "--user":
                let numbers = value.split(separator: ":", omittingEmptySubsequences: false).map { UInt32($0) }
                guard numbers.count == 2, let user = numbers[0], let group = numbers[1] else { return nil }
                (self.user, self.group) = (user, group)
            case "--directory": directory = value
            default: return nil
            }
            arguments = arguments.dropFirst(2)
        }
    }

    /// Goes there.
    ///
    /// - Returns: why not, as a sentence.
    func enter() -> String? {
        guard let leader else { return nil }
        do throws(Namespaces.Failure) {
            try Namespaces.enter(ProcessID(rawValue: leader), user: user, group: group)
        } catch {
            return "can not enter the session's container: \(error.errno)"
        }
        if let directory, (try? Namespaces.changeDirectory(to: directory)) != nil { return nil }
        try? Namespaces.changeDirectory(to: "/")
        return nil
    }
}
