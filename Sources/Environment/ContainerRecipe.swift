import SessionModel
package import Wire

/// A container as it is to be made: from an image, or from a `devcontainer.json` that was read and whose variables are
/// known.
package struct ContainerRecipe: Hashable, Sendable {
    package struct Build: Hashable, Sendable {
        /// Absolute.
        package var context: String
        /// Absolute.
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
        /// Absolute.
        package var folder: String
        /// Its options, as its script sees them.
        package var options: [EnvironmentVariable]

        package init(folder: String, options: [EnvironmentVariable]) {
            self.folder = folder
            self.options = options
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
        package var command: Command

        package init(moment: Moment, label: String = "", command: Command) {
            self.moment = moment
            self.label = label
            self.command = command
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

    package var base: Base
    package var features: [Feature] = []
    /// Values of podman's `--mount`.
    package var mounts: [String] = []
    /// Absolute, in the container.
    package var workspaceFolder: String
    package var containerVariables: [EnvironmentVariable] = []
    /// May still name `${containerEnv:NAME}`.
    package var remoteVariables: [RemoteVariable] = []
    package var containerUser: String?
    package var remoteUser: String?
    package var runArguments: [String] = []
    /// Whether the image's own command is left aside for one that does nothing.
    package var keepsAlive = true
    package var steps: [Step] = []
    /// The shell starts when this is done.
    package var waitsFor = Moment.updateContent
    /// What its programs listen on, so that people know.
    package var ports: [UInt16] = []
    /// Whether commands beside the terminal see what a login shell's start-up files set.
    package var commandsNeedLogin = false
    /// What is not done that was asked for, and why; for whoever attaches.
    package var warnings: [String] = []

    package init(base: Base, workspaceFolder: String) {
        self.base = base
        self.workspaceFolder = workspaceFolder
    }
}
