import SessionModel
package import Wire

/// A container as it is to be made: from an image, or from a `devcontainer.json` that was read and whose variables are
/// known.
package struct ContainerRecipe: Hashable, Sendable {
    package struct Build: Hashable, Sendable {
        /// Absolute and without links when it was looked at, as is the next.
        package var context: String
        package var dockerfile: String
        package var arguments: [EnvironmentVariable]
        package var target: String?

        package init(context: String, dockerfile: String, arguments: [EnvironmentVariable] = [], target: String? = nil)
        {
            self.context = context
            self.dockerfile = dockerfile
            self.arguments = arguments
            self.target = target
        }
    }

    package enum Base: Hashable, Sendable {
        case image(String)
        case build(Build)
    }

    /// A folder with an `install.sh` that adds something to the image, run as root while it is built.
    package struct Feature: Hashable, Sendable {
        /// Absolute and without links when it was looked at.
        package var folder: String
        /// Its options, as its script sees them.
        package var options: [EnvironmentVariable]
        /// What the container's programs see from then on; a value may name `${OTHER}` of the image.
        package var variables: [EnvironmentVariable]

        package init(folder: String, options: [EnvironmentVariable], variables: [EnvironmentVariable] = []) {
            self.folder = folder
            self.options = options
            self.variables = variables
        }
    }

    /// Why a container is made, started or attached to is when its commands run.
    package enum Moment: Int, Hashable, Sendable, CaseIterable, Comparable {
        case onCreate, updateContent, postCreate, postStart, postAttach

        package static func < (one: Moment, other: Moment) -> Bool { one.rawValue < other.rawValue }

        /// The property's name in a `devcontainer.json`.
        package var name: String {
            switch self {
            case .onCreate: "onCreateCommand"
            case .updateContent: "updateContentCommand"
            case .postCreate: "postCreateCommand"
            case .postStart: "postStartCommand"
            case .postAttach: "postAttachCommand"
            }
        }

        /// Whether its commands run once in the container's life.
        package var isOfCreation: Bool { self <= .postCreate }
    }

    /// One command: words, or one line for a shell.
    package enum Command: Hashable, Sendable {
        case line(String)
        case words([String])
    }

    package struct Step: Hashable, Sendable {
        package var moment: Moment
        /// Of an object's commands, which run at the same time; empty for a single one.
        package var label: String
        /// The feature that wants it; empty for the file's own.
        package var feature: String
        package var command: Command

        package init(moment: Moment, label: String = "", feature: String = "", command: Command) {
            self.moment = moment
            self.label = label
            self.feature = feature
            self.command = command
        }

        /// Whether both are of one object, and so run at the same time.
        package func isTogether(with other: Step) -> Bool {
            moment == other.moment && feature == other.feature && !label.isEmpty && !other.label.isEmpty
        }
    }

    /// A variable of what an operator starts; without a value it is taken away.
    package struct RemoteVariable: Hashable, Sendable {
        package var name: String
        package var value: String?

        package init(name: String, value: String?) {
            self.name = name
            self.value = value
        }
    }

    /// What the container sees besides its image.
    package enum Mount: Hashable, Sendable {
        /// A value of podman's `--mount`.
        case plain(String)
        /// What is at an absolute path of this machine, without links when it was looked at. Who may write there may
        /// have put something else in its place since.
        case held(String, rest: [String])
    }

    package var base: Base
    package var features: [Feature] = []
    package var mounts: [Mount] = []
    /// Absolute, in the container.
    package var workspaceFolder: String
    package var containerVariables: [EnvironmentVariable] = []
    /// May still name `${containerEnv:NAME}`.
    package var remoteVariables: [RemoteVariable] = []
    package var containerUser: String?
    package var remoteUser: String?
    /// Whether that user, or the container's, is to have the numbers of the project's owner.
    package var updatesUser = true
    package var runArguments: [String] = []
    /// Whether the image's own command is left aside for one that does nothing.
    package var keepsAlive = true
    package var steps: [Step] = []
    /// The shell starts when this is done.
    package var waitsFor = Moment.updateContent
    /// What its programs listen on, so that people know.
    package var ports = PlannedPorts()
    /// Whether commands, also those of its life, see what a login shell's start-up files set.
    package var commandsNeedLogin = false
    /// Likewise for an interactive shell's.
    package var commandsNeedInteractive = false
    /// What is not done that was asked for, and why; for whoever attaches.
    package var warnings: [String] = []

    package init(base: Base, workspaceFolder: String) {
        self.base = base
        self.workspaceFolder = workspaceFolder
    }
}

extension ContainerRecipe {
    /// What runs a program with what its user's shell would see (the specification, userEnvProbe).
    ///
    /// The shell's start-up files say nothing: an interactive one complains that it has no terminal.
    package func commandWords(_ words: [String], shell: String) -> [String] {
        guard needsShell, !Self.otherShells.contains(where: { shell.hasSuffix("/\($0)") }) else { return words }
        let flags = "-\(commandsNeedLogin ? "l" : "")\(commandsNeedInteractive ? "i" : "")c"
        let script = "exec 3>&2 2>/dev/null; exec \"$0\" \(flags) 'exec \"$@\" 2>&3 3>&-' \"$0\" \"$@\""
        return ["/bin/sh", "-c", script, shell] + words
    }

    /// Whether the shell of the container's user can not be asked so, though it is to be.
    package func isShellForeign(_ shell: String) -> Bool {
        needsShell && Self.otherShells.contains { shell.hasSuffix("/\($0)") }
    }

    private var needsShell: Bool { commandsNeedLogin || commandsNeedInteractive }
    private static let otherShells = ["fish", "csh", "tcsh", "nu", "pwsh"]

    /// Who works in the workspace and is to have the numbers of its owner; `nil` where the numbers say who it is, or
    /// it is root.
    package var userToUpdate: String? {
        guard updatesUser, let name = remoteUser ?? containerUser, name != "root" else { return nil }
        let isName = name.utf8.allSatisfy { byte in
            let character = Character(Unicode.Scalar(byte))
            return byte < 0x80 && (character.isLetter || character.isNumber || "_-.".contains(character))
        }
        return isName && !name.allSatisfy(\.isNumber) ? name : nil
    }
}
