package import Wire

/// What a `devcontainer.json` is read in: where it lies, and what it may have of this machine.
package struct DevContainerSurroundings {
    /// The folder that is opened; absolute.
    package var folder: String
    /// The file's own folder; absolute, in `folder`.
    package var fileFolder: String
    /// For `${devcontainerId}`, and before the names of volumes.
    package var identity: String
    /// What `${localEnv:NAME}` may stand for.
    package var localVariables: [EnvironmentVariable]
    /// Folders of this machine that may be mounted besides `folder`.
    package var mounts: [String]
    /// What the configuration gives the container at most.
    package var limits: ResourceLimits
    package var processors: Int
    /// Bytes.
    package var memory: UInt64
    /// The path without links (realpath(3)); `nil` where nothing is there.
    package var resolve: (String) -> String?
    /// What is at a path without links.
    package var read: (String) -> [UInt8]?

    package init(
        folder: String, fileFolder: String, identity: String, localVariables: [EnvironmentVariable], mounts: [String],
        limits: ResourceLimits = ResourceLimits(), processors: Int, memory: UInt64,
        resolve: @escaping (String) -> String?,
        read: @escaping (String) -> [UInt8]?
    ) {
        self.folder = folder
        self.fileFolder = fileFolder
        self.identity = identity
        self.localVariables = localVariables
        self.mounts = mounts
        self.limits = limits
        self.processors = processors
        self.memory = memory
        self.resolve = resolve
        self.read = read
    }

    static func volumePrefix(of identity: String) -> String { "cmdop-\(identity)-" }

    var name: String { folder.split(separator: "/").last.map(String.init) ?? "workspace" }

    /// A path in the folder as the file writes it, without links; `nil` for one that leads elsewhere.
    func inside(_ path: String, from base: String) -> String? {
        let whole = path.hasPrefix("/") ? path : "\(base)/\(path)"
        guard let real = resolve(whole), let root = resolve(folder) else { return nil }
        return real == root || real.hasPrefix(root == "/" ? "/" : "\(root)/") ? real : nil
    }

    /// The path without links of what may be mounted.
    func mountable(_ path: String) -> String? {
        if let real = inside(path, from: folder) { return real }
        guard let real = resolve(path) else { return nil }
        return mounts.compactMap(resolve).contains { real == $0 || real.hasPrefix("\($0)/") } ? real : nil
    }
}
