import JSONText

extension ControlFailure.Code {
    /// When it comes, in a few words; the page `Errors.md` has the same.
    package var summary: String {
        switch self {
        case .parseError: "the line is not JSON, is too long, or holds too much"
        case .invalidRequest: "the line is JSON, but no request of JSON-RPC 2.0, or its id is in use"
        case .unknownMethod: "there is no such method"
        case .invalidParameters: "the parameters are not what the method takes"
        case .unknownVerb: "there is no such verb"
        case .usage: "the verb takes other words or options"
        case .noSuchSession: "there is no such session for this key"
        case .notAllowed: "the role in the session does not allow it"
        case .notRunning: "the session does not run, or ended meanwhile"
        case .canNotStart: "the session could not be started"
        case .busy: "too much is on its way already; try again later"
        case .turnHeld: "somebody else steers"
        case .onlyWatching: "the caller only watches in this session"
        case .conditionFailed: "something that was expected is not true; nothing was typed"
        case .noPrompt: "the prompt did not come in time, or nobody can know when it stands"
        case .canNotType: "the text can not be typed as it is"
        case .noSuchCommand: "there is no such command in this incarnation"
        case .noSuchAttachment: "nothing of that number is open"
        case .canNotRun: "the command could not be started"
        case .notSupported: "this connection can not do that"
        case .cancelled: "the connection ended, or the request was cancelled"
        case .needsApproval: "what the agent wants to do needs a person's approval first"
        case .limited: "the agent's limits do not allow it now"
        case .refused: "a person said no"
        case .noSuchProposal: "there is no such proposal, or not with that command"
        case .nobodyThere: "whom it is about is not attached, may not steer, or did not ask"
        case .already: "the caller has the turn already, or asked for it already"
        case .nothingRan: "the command was typed, and the shell ran nothing of it"
        case .unsupportedVersion: "the client speaks a version of MCP that this server does not"
        case .notResponding: "the session's host runs, and does not respond"
        }
    }
}
