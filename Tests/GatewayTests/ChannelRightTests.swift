import SessionModel
import Testing

@testable import Gateway

/// Which right each kind of channel needs, when it begins and while it is open.
@Suite("The right to a channel")
struct ChannelRightTests {
    private static let deploy = SessionName("deploy")

    private static func access(
        _ role: Role?, limits: AgentLimits = .none, forwards: ForwardReach = .loopback
    ) -> Access {
        var configuration = Configuration()
        var settings = SessionSettings()
        settings.forwards = forwards
        configuration.sessions = [settings]
        if let role {
            let rule = AccessRule(operators: [.any], sessions: [.any], role: role, limits: limits)
            configuration.access = AccessPolicy(rules: [rule])
        }
        return Access(roster: .empty, configuration: configuration)
    }

    /// The sentence for who has it open already; `nil` where it may go on.
    private static func revocation(
        _ kind: ChannelUse.Kind, _ access: Access, key limits: KeyLimits = .none, isObserving: Bool = false,
        hasTerminal: Bool = false
    ) -> String? {
        let use = ChannelUse(kind: kind, session: deploy, isObserving: isObserving, hasTerminal: hasTerminal)
        let outcome = ChannelRight.judge(use, Admission(person: "bob", limits: limits), by: access)
        guard case .failure(let refusal) = outcome else { return nil }
        return refusal.revocation
    }

    private static let all: [ChannelUse.Kind] = [
        .attachment, .program, .files, .forward, .listener(isPublic: false), .control,
    ]

    @Test("is an operator's and a lead's, whatever the channel", arguments: [Role.operator, .lead])
    func operators(role: Role) {
        for kind in Self.all { #expect(Self.revocation(kind, Self.access(role)) == nil, "\(kind)") }
    }

    @Test("is of attachments and control channels alone for observers and agents", arguments: [Role.observer, .agent])
    func observers(role: Role) {
        let access = Self.access(role)
        #expect(Self.all.filter { Self.revocation($0, access) == nil } == [.attachment, .control])
        #expect(
            Self.revocation(.program, access)
                == "your role in deploy is \(role.name), which may not run commands beside the terminal")
        #expect(Self.revocation(.files, access) == "your role in deploy is \(role.name), which may not move files")
        #expect(Self.revocation(.forward, access) == "your role in deploy is \(role.name), which forwards no ports")
    }

    @Test("is nobody's without a rule; who asks learns nothing of the session, who was in it is told of the loss")
    func strangers() throws {
        for kind in Self.all {
            #expect(Self.revocation(kind, Self.access(nil)) == "your access to deploy was revoked", "\(kind)")
            let use = ChannelUse(kind: kind, session: Self.deploy)
            let outcome = ChannelRight.judge(use, Admission(person: "bob"), by: Self.access(nil))
            guard case .failure(let refusal) = outcome else { Issue.record("\(kind)"); continue }
            #expect(refusal.sentence.hasPrefix("no such session for you"))
        }
        let lobby = ChannelRight.judge(
            ChannelUse(kind: .lobby, hasTerminal: true), Admission(person: "bob"), by: Self.access(nil))
        #expect(throws: Never.self) { try lobby.get() }
    }

    @Test("is narrowed by the key's own line: sessions, role, forwards, terminal")
    func keys() {
        let access = Self.access(.lead)
        var other = KeyLimits()
        other.sessions = [Glob("other")].compactMap(\.self)
        for kind in Self.all {
            #expect(Self.revocation(kind, access, key: other) == "your access to deploy was revoked", "\(kind)")
        }
        var observer = KeyLimits()
        observer.role = .observer
        #expect(Self.all.filter { Self.revocation($0, access, key: observer) == nil } == [.attachment, .control])
        var noForwards = KeyLimits()
        noForwards.allowsPortForwarding = false
        #expect(
            Self.all.filter { Self.revocation($0, access, key: noForwards) != nil } == [
                .forward, .listener(isPublic: false),
            ])
        var noTerminal = KeyLimits()
        noTerminal.allowsTerminal = false
        for kind in Self.all {
            #expect(Self.revocation(kind, access, key: noTerminal) == nil, "\(kind)")
            #expect(Self.revocation(kind, access, key: noTerminal, hasTerminal: true) != nil, "\(kind)")
        }
    }

    @Test("does not go beyond watching for who attached to watch")
    func watching() {
        let access = Self.access(.lead)
        #expect(
            Self.all.filter { Self.revocation($0, access, isObserving: true) == nil } == [.attachment, .control])
    }

    @Test("to listen for other machines needs the session's rule")
    func publicListeners() {
        #expect(Self.revocation(.listener(isPublic: true), Self.access(.operator, forwards: .any)) == nil)
        #expect(Self.revocation(.listener(isPublic: true), Self.access(.operator)) != nil)
        #expect(Self.revocation(.listener(isPublic: false), Self.access(.operator)) == nil)
    }
}
