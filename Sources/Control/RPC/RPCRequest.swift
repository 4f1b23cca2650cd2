import JSONText

/// One request of a client (JSON-RPC 2.0 section 4).
struct RPCRequest {
    struct Invalid: Error {
        let id: JSONValue?
        let failure: ControlFailure
    }

    /// `nil` for a notification.
    let id: JSONValue?
    let method: String
    let parameters: JSONObject

    private static let limits = JSONLimits(bytes: 1 << 20, depth: 16, values: 20_000)

    init(_ line: [UInt8]) throws(Invalid) {
        let value: JSONValue
        do throws(JSONError) {
            value = try JSONValue(parsing: line, limits: Self.limits)
        } catch {
            throw Invalid(id: nil, failure: ControlFailure(.parseError, "the line is no JSON that is taken: \(error)"))
        }
        guard case .object(let object) = value else {
            let advice = value.array == nil ? "send an object" : "send each request on a line of its own"
            throw Invalid(id: nil, failure: ControlFailure(.invalidRequest, "the line is no request; \(advice)"))
        }
        let id = object["id"]
        let isID = id == nil || id?.string != nil || id?.integer != nil
        guard isID, id?.string.map({ $0.utf8.count <= 256 }) ?? true else {
            throw Invalid(
                id: nil,
                failure: ControlFailure(.invalidRequest, "an id must be a text of at most 256 bytes, or a number"))
        }
        func invalid(_ sentence: String) -> Invalid {
            Invalid(id: id, failure: ControlFailure(.invalidRequest, sentence))
        }
        guard object["jsonrpc"]?.string == "2.0" else { throw invalid("the request has no \"jsonrpc\": \"2.0\"") }
        guard let method = object["method"]?.string else { throw invalid("the request has no 'method' that is a text") }
        switch object["params"] {
        case nil: parameters = JSONObject()
        case .object(let parameters): self.parameters = parameters
        default:
            throw Invalid(
                id: id, failure: ControlFailure(.invalidParameters, "parameters are given by name, in an object"))
        }
        self.id = id
        self.method = method
    }
}
