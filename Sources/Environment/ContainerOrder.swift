package import SessionModel
package import Wire

/// What `cmdop-prepare` is told: which container to make, for which session. It travels as the launch plan's recipe.
package struct ContainerOrder: Hashable, Sendable {
    package static let version: UInt16 = 3

    /// Where the container's programs find the files of secrets.
    package static let secretsFolder = "/run/secrets"

    /// What the container is made from.
    package enum Source: Hashable, Sendable {
        case image(String)
        /// The path of a folder with a `devcontainer.json` in it, or of the file.
        case devcontainer(String)
    }

    package var session: SessionName
    /// The session's own: its log, its shell's start-up files and, for an image, its working files are in it.
    package var stateDirectory: String
    package var source: Source
    /// The terminal's program and arguments, if the container has it.
    package var shell: [String]
    /// What the marks of the shell carry.
    package var secret: String
    /// What the session's processes see besides the container's own.
    package var variables: [EnvironmentVariable]
    package var limits: ResourceLimits
    /// Folders of this machine that containers may mount, besides the one that the `devcontainer.json` is in.
    package var mounts: [String]
    /// What `${localEnv:NAME}` may stand for.
    package var localVariables: [EnvironmentVariable]
    /// Files whose names are those of variables, and whose contents no argument and no log ever has.
    package var secrets: String?
    /// Files that programs in the container see as such, and as nothing else.
    package var secretFiles: String?
    /// `XDG_RUNTIME_DIR` of the server: where a Podman without root keeps what runs.
    package var runtimeDirectory: String?
    /// Throws away a container that is there, with all but the working files.
    package var isRebuild: Bool
    /// Whether images may be built on that have instructions for what is built on them.
    package var allowsOnBuild = false

    package init(
        session: SessionName, stateDirectory: String, source: Source, shell: [String], secret: String,
        variables: [EnvironmentVariable], limits: ResourceLimits = ResourceLimits(), mounts: [String] = [],
        localVariables: [EnvironmentVariable] = [], secrets: String? = nil,
        runtimeDirectory: String? = nil, isRebuild: Bool = false
    ) {
        self.session = session
        self.stateDirectory = stateDirectory
        self.source = source
        self.shell = shell
        self.secret = secret
        self.variables = variables
        self.limits = limits
        self.mounts = mounts
        self.localVariables = localVariables
        self.secrets = secrets
        self.runtimeDirectory = runtimeDirectory
        self.isRebuild = isRebuild
    }

    /// Of all servers' sessions of this name this one's alone.
    package var containerName: String { Self.containerName(of: stateDirectory) }

    /// - Parameter stateDirectory: of a session, whose name is the last of its path's.
    package static func containerName(of stateDirectory: String) -> String {
        let session = stateDirectory.split(separator: "/").last ?? ""
        return "cmdop-\(session)-\(Digest.text(of: stateDirectory).prefix(8))"
    }

    /// What the names of a session's volumes begin with, and no other session's.
    package static func volumePrefix(of stateDirectory: String) -> String {
        DevContainerSurroundings.volumePrefix(of: containerName(of: stateDirectory))
    }
}

extension ContainerOrder {
    package var encoded: [UInt8] {
        var writer = ByteWriter(reserving: 1_024)
        writer.put(Self.version)
        writer.put(session.text)
        writer.put(stateDirectory)
        switch source {
        case .image(let name):
            writer.put(UInt8(1))
            writer.put(name)
        case .devcontainer(let path):
            writer.put(UInt8(2))
            writer.put(path)
        }
        writer.put(shell) { $0.put($1) }
        writer.put(secret)
        writer.put(variables) { $0.put($1) }
        writer.put(limits)
        writer.put(mounts) { $0.put($1) }
        writer.put(localVariables) { $0.put($1) }
        writer.put(secrets) { $0.put($1) }
        writer.put(isRebuild)
        writer.put(runtimeDirectory) { $0.put($1) }
        writer.put(secretFiles) { $0.put($1) }
        writer.put(allowsOnBuild)
        return writer.bytes
    }

    package init(decoding bytes: [UInt8]) throws(WireError) {
        var reader = ByteReader(bytes[...])
        let version = try reader.number(UInt16.self)
        // A session that a server of an earlier version started is ended by a program of this one.
        guard (1...Self.version).contains(version) else { throw .unsupportedVersion(version) }
        guard let session = SessionName(try reader.text()) else { throw .invalid("session name") }
        self.session = session
        stateDirectory = try reader.text()
        switch try reader.number(UInt8.self) {
        case 1: source = .image(try reader.text())
        case 2: source = .devcontainer(try reader.text())
        default: throw .invalid("source")
        }
        shell = try reader.list { (reader) throws(WireError) in try reader.text() }
        guard !shell.isEmpty else { throw .invalid("arguments") }
        secret = try reader.text()
        variables = try reader.list { (reader) throws(WireError) in try reader.variable() }
        limits = try reader.resourceLimits()
        mounts = try reader.list { (reader) throws(WireError) in try reader.text() }
        localVariables = try reader.list { (reader) throws(WireError) in try reader.variable() }
        secrets = try reader.optional { (reader) throws(WireError) in try reader.text() }
        isRebuild = try reader.flag()
        runtimeDirectory = try reader.optional { (reader) throws(WireError) in try reader.text() }
        if version >= 2 { secretFiles = try reader.optional { (reader) throws(WireError) in try reader.text() } }
        if version >= 3 { allowsOnBuild = try reader.flag() }
        try reader.finish()
    }
}
