/// Why the program ends without having done what it was asked for: a sentence, and the exit status.
package enum ClientFailure: Error, Hashable, Sendable {
    case usage(String)
    case refused(String)
    /// There is no server, it can not be reached, or it went away.
    case noServer(String)

    package var sentence: String {
        switch self {
        case .usage(let sentence), .refused(let sentence), .noServer(let sentence): sentence
        }
    }

    package var status: Int32 {
        switch self {
        case .usage: 2
        case .refused: 254
        case .noServer: 255
        }
    }
}
