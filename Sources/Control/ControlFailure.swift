package import JSONText

/// Why a method did nothing: a code that stays for programs, a sentence for people that says what to do next.
///
/// All codes are told in `Sources/Control/Errors.md`.
package struct ControlFailure: Error, Hashable, Sendable {
    package enum Code: String, CaseIterable, Sendable {
        case parseError = "parse-error"
        case invalidRequest = "invalid-request"
        case unknownMethod = "unknown-method"
        case invalidParameters = "invalid-params"
        case unknownVerb = "unknown-verb"
        case usage = "usage"
        case noSuchSession = "no-such-session"
        case notAllowed = "not-allowed"
        case notRunning = "not-running"
        case canNotStart = "can-not-start"
        case busy = "busy"
        case turnHeld = "turn-held"
        case onlyWatching = "only-watching"
        case conditionFailed = "condition-failed"
        case noPrompt = "no-prompt"
        case canNotType = "can-not-type"
        case noSuchCommand = "no-such-command"
        case noSuchAttachment = "no-such-attachment"
        case canNotRun = "can-not-run"
        case notSupported = "not-supported"
        case cancelled = "cancelled"
        case needsApproval = "needs-approval"
        case limited = "limited"
        case refused = "refused"
        case noSuchProposal = "no-such-proposal"
        case nobodyThere = "nobody-there"
        case already = "already"
        case unsupportedVersion = "unsupported-version"
        case nothingRan = "nothing-ran"
        case notResponding = "not-responding"

        /// The number in a JSON-RPC error: the standard's own, and below -32000 ours.
        package var number: Int64 {
            switch self {
            case .parseError: -32_700
            case .invalidRequest: -32_600
            case .unknownMethod, .unknownVerb: -32_601
            case .invalidParameters, .usage: -32_602
            case .noSuchSession: -32_001
            case .notAllowed: -32_002
            case .notRunning: -32_003
            case .canNotStart: -32_004
            case .busy: -32_005
            case .turnHeld: -32_006
            case .onlyWatching: -32_007
            case .conditionFailed: -32_008
            case .noPrompt: -32_009
            case .canNotType: -32_010
            case .noSuchCommand: -32_011
            case .noSuchAttachment: -32_012
            case .canNotRun: -32_013
            case .notSupported: -32_014
            case .cancelled: -32_015
            case .needsApproval: -32_016
            case .limited: -32_017
            case .refused: -32_018
            case .noSuchProposal: -32_019
            case .nobodyThere: -32_020
            case .already: -32_021
            case .unsupportedVersion: -32_022
            case .nothingRan: -32_023
            case .notResponding: -32_024
            }
        }

        /// The exit status of a verb.
        var status: Int {
            switch self {
            case .unknownVerb, .usage, .invalidParameters: 2
            default: 1
            }
        }
    }

    package var code: Code
    /// What happened, to what, and what to do next.
    package var message: String
    /// What is true now, for programs; the code stands in it, too.
    package var data: JSONObject

    package init(_ code: Code, _ message: String, data: JSONObject = JSONObject()) {
        self.code = code
        self.message = message
        self.data = data
    }

    /// As JSON-RPC 2.0 has it (section 5.1).
    package var rpc: JSONValue {
        var data = data
        data["code"] = .string(code.rawValue)
        return ["code": .integer(code.number), "message": .string(message), "data": .object(data)]
    }

    /// As `--json` has it.
    package var json: JSONValue {
        var error = JSONObject([("code", .string(code.rawValue)), ("message", .string(message))])
        if !data.isEmpty { error["data"] = .object(data) }
        return ["error": .object(error)]
    }
}
