package import JSONText

/// What a conversation's requests ask: the methods themselves, or what another protocol makes of them.
package protocol Dispatcher: AnyObject {
    func perform(
        _ method: String, _ parameters: JSONObject, subscriptions: any Subscriptions
    ) async throws(ControlFailure) -> JSONValue
    /// The request that a notification cancels; `nil` for one that says something else.
    func cancels(_ method: String, _ parameters: JSONObject) -> JSONValue?
}

/// The methods of the table, by their names: `cmdop-control`.
package final class MethodDispatcher: Dispatcher {
    private let desk: any ControlDesk

    package init(desk: any ControlDesk) { self.desk = desk }

    package func perform(
        _ method: String, _ parameters: JSONObject, subscriptions: any Subscriptions
    ) async throws(ControlFailure) -> JSONValue {
        guard let method = MethodTable.method(method) else { throw .unknown(method: method) }
        return try await method.perform(parameters, at: desk, subscriptions: subscriptions)
    }

    package func cancels(_ method: String, _ parameters: JSONObject) -> JSONValue? { nil }
}
