package import JSONText
package import SessionModel

/// Something that an operator, a script or an agent may ask for. Every face reads this: JSON-RPC, verbs, MCP, help,
/// completion and documentation.
package struct ControlMethod: Sendable {
    package typealias Run = @Sendable (ControlCall) async throws(ControlFailure) -> JSONValue

    /// What it is about, and what its caller must be allowed.
    package enum Scope: Hashable, Sendable {
        /// The server; every operator may ask.
        case server
        /// One session, in which the caller's role allows this. The session's name is the parameter `session`.
        case session(Capability)
    }

    /// What a caller may expect of it besides the result.
    package struct Traits: OptionSet, Hashable, Sendable {
        package let rawValue: UInt8
        package init(rawValue: UInt8) { self.rawValue = rawValue }
        /// It changes nothing.
        package static let readOnly = Traits(rawValue: 1)
        /// It may end or undo something.
        package static let destructive = Traits(rawValue: 2)
        /// Asked again, it does no more.
        package static let idempotent = Traits(rawValue: 4)
        /// It needs a connection that stays, for what it sends later.
        package static let subscribes = Traits(rawValue: 8)
    }

    /// `group.act`.
    package let name: String
    /// One line.
    package let summary: String
    /// More for who wants to know; may be empty.
    package let details: String
    package let scope: Scope
    package let traits: Traits
    /// Besides `session`.
    package let ownParameters: [Schema.Property]
    package let result: [Schema.Property]
    /// What it may fail with, besides what every method may.
    package let failures: [ControlFailure.Code]
    /// How it is asked for by words; `nil` where it is not.
    package let verb: VerbForm?
    package let run: Run

    package init(
        _ name: String, _ summary: String, details: String = "", scope: Scope, traits: Traits = [],
        parameters: [Schema.Property] = [], result: [Schema.Property], failures: [ControlFailure.Code] = [],
        verb: VerbForm? = nil, run: @escaping Run
    ) {
        self.name = name
        self.summary = summary
        self.details = details
        self.scope = scope
        self.traits = traits
        ownParameters = parameters
        self.result = result
        self.failures = failures
        self.verb = verb
        self.run = run
    }

    package var parameters: [Schema.Property] {
        switch scope {
        case .server: ownParameters
        case .session: [Self.session] + ownParameters
        }
    }

    private static let session = Schema.Property(
        "session", .string(limit: 63),
        "the session's name; without it, the one that the user name of the connection has")

    /// What every method may fail with, and this one.
    package var allFailures: [ControlFailure.Code] {
        var codes: [ControlFailure.Code] = [.invalidParameters]
        switch scope {
        case .server: break
        case .session: codes += [.noSuchSession, .notAllowed, .notRunning, .notResponding]
        }
        return codes + failures.filter { !codes.contains($0) }
    }
}
