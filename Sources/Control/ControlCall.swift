package import JSONText
package import SessionModel

/// One request: what is asked, by whom, with checked arguments.
package struct ControlCall {
    package let arguments: JSONObject
    package let desk: any ControlDesk
    /// What the method is about; nobody looks where its scope is the server.
    private let named: SessionName?
    /// Sends what a subscription has to tell; `nil` where nothing can be sent later.
    package let subscriptions: (any Subscriptions)?

    init(
        arguments: JSONObject, desk: any ControlDesk, session: SessionName?, subscriptions: (any Subscriptions)?
    ) {
        self.arguments = arguments
        self.desk = desk
        named = session
        self.subscriptions = subscriptions
    }

    package var session: SessionName {
        guard let named else { preconditionFailure("only methods about a session ask for one") }
        return named
    }

    package var role: Role { desk.role(in: session) ?? .observer }

    /// The session, if it runs.
    package func live() async throws(ControlFailure) -> any LiveSession {
        guard let live = try await desk.liveSession(session) else { throw .notRunning(session) }
        return live
    }

    package func text(_ name: String) -> String? { arguments[name]?.string }
    /// A text that need not be UTF-8: `NAMEBase64` has it then.
    package func bytes(_ name: String) throws(ControlFailure) -> ByteString {
        guard let encoded = text("\(name)Base64") else { return ByteString(text(name) ?? "") }
        guard let bytes = Base64.decode(encoded.utf8) else {
            throw ControlFailure(.invalidParameters, "'\(name)Base64' is not base64 with padding (RFC 4648)")
        }
        return ByteString(bytes)
    }

    package func flag(_ name: String) -> Bool? { arguments[name]?.bool }
    package func integer(_ name: String) -> Int? { arguments[name]?.integer.map(Int.init) }
    package func number(_ name: String) -> Double? { arguments[name]?.number }

    /// Until when a method waits that may take so many seconds; at most fifty.
    package func deadline(_ name: String = "within", standard: Double) -> ContinuousClock.Instant {
        let seconds = min(max(number(name) ?? standard, 0), Self.longestWait)
        return ContinuousClock.now.advanced(by: .milliseconds(Int(seconds * 1_000)))
    }

    /// Seconds: what waits longer has lost its caller in many places.
    static let longestWait = 50.0

    static let within = Schema.Property(
        "within", .number, "seconds to wait at most, up to 50; then the answer says where to go on")
}

extension ControlFailure {
    package static var requestIsCancelled: ControlFailure {
        ControlFailure(.cancelled, "the connection ended, or the request was cancelled")
    }

    /// Its host runs and says nothing.
    package static func notResponding(_ session: SessionName) -> ControlFailure {
        ControlFailure(
            .notResponding,
            "'\(session)' does not respond: its host is stopped, or waits for its disk; a lead ends it with "
                + "'end \(session) --force'", data: ["session": .string(session.text)])
    }

    static func notRunning(_ session: SessionName) -> ControlFailure {
        ControlFailure(
            .notRunning, "'\(session)' is not running; 'ls' shows the state of each session, 'new' starts one",
            data: ["session": .string(session.text)])
    }
}

/// Where a subscription's news go.
package protocol Subscriptions: AnyObject {
    /// Runs the body until it ends or the connection does; answers the subscription's number.
    func start(_ body: @escaping (any Subscriber) async throws(ControlFailure) -> Void) -> Int64
    /// Whether there was such a subscription.
    func end(_ number: Int64) -> Bool
}

/// Who reads what a subscription sends.
package protocol Subscriber: AnyObject {
    var number: Int64 { get }
    /// Sends a notification; comes back when there is room for another one, false when nobody reads any more.
    func notify(_ method: String, _ parameters: JSONObject) async -> Bool
}
