package import Environment
package import SessionModel
package import SystemPackage
package import Wire

/// What `cmdop.yaml` says, with its gaps filled. `config/README.md` is its reference.
package struct Configuration: Hashable, Sendable {
    package var listen = ["127.0.0.1:2222", "[::1]:2222"].compactMap { ListenAddress($0) }
    package var keys: FilePath = "../keys"
    package var state: FilePath = "/var/lib/cmdop"
    /// What opens the operator panel of everybody who attaches from now on.
    package var panelKey = PanelKey.standard
    /// Which operators users of this machine are, on the local socket.
    package var local = LocalUsers()
    /// A second local socket, that other users can reach; `nil` for none.
    package var localSocket: FilePath?
    package var access = AccessPolicy(rules: [])
    /// By name. `default` is always among them.
    package var environments = ["default": EnvironmentSettings()]
    package var sessions: [SessionSettings] = []
    /// The keys of the top level that the file has.
    package var sections: Set<String> = []

    package init() {}

    /// What governs a session: the first rule that matches its name, or the built-in one.
    package func rules(for session: SessionName) -> SessionSettings {
        sessions.first { $0.match.matches(session.text) } ?? SessionSettings()
    }

    /// Of all rules that remove ended sessions.
    package var shortestKeep: Duration? { sessions.compactMap(\.keep).min() }
}

/// The recipe that a session's processes run in.
package struct EnvironmentSettings: Hashable, Sendable {
    package enum Kind: String, Hashable, Sendable, CaseIterable {
        /// Plain processes of the host.
        case process
        /// A container, made by Podman.
        case container
    }

    package var kind = Kind.process
    /// The program and its arguments.
    package var shell = ["/bin/bash", "-l"]
    /// Absolute, or beginning with `~`: the home of the session's user.
    package var directory = "~"
    /// A name of the password database; `nil` for whom the server runs as.
    package var user: String?
    package var variables: [EnvironmentVariable] = []
    package var mask: UInt32 = 0o022
    /// How many files a process may have open.
    package var openFiles: UInt64?
    /// What all processes of a session may use together.
    package var limits = ResourceLimits()
    /// What a container is made from.
    package var source: ContainerOrder.Source?
    /// Folders that containers may mount.
    package var mounts: [String] = []
    /// Whether a container may be built on images that have instructions for what is built on them.
    package var allowsOnBuild = false
    /// Variables of the server that a `devcontainer.json` may ask for.
    package var localVariables: [String] = []
    /// A folder with a file for each secret.
    package var secrets: String?
    /// Likewise for those that are files of the session's, too.
    package var secretFiles: String?

    package init() {}
}

/// Where `ssh -R` may listen.
package enum ForwardReach: String, Hashable, Sendable, CaseIterable {
    case loopback
    /// On the addresses that the client asks for.
    case any
}

/// What governs the sessions whose name matches.
package struct SessionSettings: Hashable, Sendable {
    package var match = Glob.any
    /// The name of an environment that exists.
    package var environment = "default"
    package var turns = TurnMode.open
    package var releaseAfter = Duration.seconds(5)
    package var answerWithin = Duration.seconds(30)
    package var reattachWithin = Duration.seconds(30)
    /// Lines that are kept of what scrolled away.
    package var scrollback = 10_000
    /// Whether other machines may reach what `ssh -R` listens on.
    package var forwards = ForwardReach.loopback
    /// How long what is left of an ended session is kept; `nil` for ever.
    package var keep: Duration?
    /// `nil` for sessions that may stand idle for ever.
    package var idle: IdleTerms?

    package init() {}

    package var turnRules: TurnRules {
        TurnRules(
            mode: turns, releaseAfter: releaseAfter, reattachWithin: reattachWithin, answerWithin: answerWithin)
    }
}
