/// How long tests wait for what must happen: generous, because a busy machine is not a failure.
package let patience: Duration = .seconds(30)

/// Waits until the condition holds, looking every few milliseconds; throws ``TestKitError/timedOut`` if it never does.
///
/// - Parameters:
///   - limit: how long to wait at most.
///   - what: completes the sentence "waited in vain for …".
///   - seen: what to show when the wait was in vain.
///   - condition: looked at again and again; an error thrown by it ends the wait.
package func eventually(
    within limit: Duration = patience,
    _ what: String,
    seen: () -> String = { "" },
    _ condition: () async throws -> Bool
) async throws {
    let deadline = ContinuousClock.now.advanced(by: limit)
    while try await !condition() {
        guard ContinuousClock.now < deadline else {
            throw TestKitError.timedOut(waitingFor: what, after: limit, seen: seen())
        }
        try await Task.sleep(for: .milliseconds(4))
    }
}
