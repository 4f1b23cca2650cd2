/// What can go wrong in the tools of the tests themselves.
package enum TestKitError: Error, CustomStringConvertible {
    /// A system call failed in a way that no test asks for.
    case system(call: String, errno: Int32)
    /// Something waited for did not happen within its limit.
    case timedOut(waitingFor: String, after: Duration, seen: String)
    /// A program that the test needs is not there.
    case missing(String, advice: String)
    /// A program that prepares the test ended badly.
    case commandFailed([String], status: String, output: String)
    /// The server under test ended where it should be running.
    case serverEnded(status: String, output: String)

    package var description: String {
        switch self {
        case .system(let call, let errno):
            "\(call) failed with errno \(errno)"
        case .timedOut(let what, let limit, let seen):
            "waited \(limit) in vain for \(what)" + (seen.isEmpty ? "" : "; seen so far:\n\(seen)")
        case .missing(let what, let advice):
            "\(what) is not there: \(advice)"
        case .commandFailed(let arguments, let status, let output):
            "\(arguments.joined(separator: " ")): \(status)\n\(output)"
        case .serverEnded(let status, let output):
            "the server ended (\(status)):\n\(output)"
        }
    }
}
