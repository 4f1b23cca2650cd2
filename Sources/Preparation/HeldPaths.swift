import Environment
import Platform
import SystemPackage

/// Files and folders of this machine that podman is to use though others may write there, each bound to a place that
/// nobody else can reach: podman gets the place.
///
/// Whoever may write a project may put a link to anywhere where a folder was when its path was checked, at any time
/// before podman opens it, and podman follows it as root. A container keeps its mounts whatever becomes of the places,
/// so these are given up as soon as it runs; it knows them by their places, so they are held anew for each start. They
/// are not among the session's files: whoever removes those would remove what is bound there.
struct HeldPaths {
    private static let all = "cmdop-held"

    let podman: Podman
    private let folder: String

    init(of stateDirectory: String, podman: Podman) {
        self.podman = podman
        folder = "\(Self.parent(podman))/\(ContainerOrder.containerName(of: stateDirectory))"
    }

    private static func parent(_ podman: Podman) -> String { "\(podman.runtimeDirectory ?? "/run")/\(all)" }

    /// Of all sessions' places; only the server enters it.
    static func makeParent(_ podman: Podman) throws(StateDirectoryError) {
        _ = try StateDirectory.open(parent(podman))
    }

    /// For something else that is the session's, and that only the server reaches.
    func folder(for purpose: String) -> String { "\(folder)-\(purpose)" }

    func place(of path: String) -> String { "\(folder)/\(Digest.text(of: path))" }

    /// - Parameter paths: absolute, without links when they were checked.
    func hold(_ paths: [String]) throws(PreparationFailure) {
        guard !paths.isEmpty else { return }
        do {
            try Self.makeParent(podman)
            _ = try StateDirectory.open(folder)
        } catch {
            throw PreparationFailure("\(error)")
        }
        if let sentence = try inPodmansPlace(pairs: pairs(paths), .hold) {
            release(paths)
            throw PreparationFailure(sentence)
        }
    }

    func release(_ paths: [String]) {
        guard !paths.isEmpty else { return }
        _ = try? inPodmansPlace(pairs: pairs(paths), .release)
    }

    private func pairs(_ paths: [String]) -> [String] { paths.flatMap { [$0, place(of: $0)] } }

    /// Of whatever it was: one that was cut off may have held something.
    func releaseAll() {
        guard FileStatus.exists(folder), let names = try? StateDirectory.open(folder).names() else { return }
        _ = try? inPodmansPlace(pairs: names.flatMap { ["", "\(folder)/\($0)"] }, .release)
    }

    /// Without root it is in podman's own user and mount namespaces that something can be bound, and seen by podman.
    ///
    /// - Returns: what went wrong.
    private func inPodmansPlace(
        pairs: [String], _ step: HeldPathsProgram
    ) throws(PreparationFailure) -> String? {
        guard podman.runtimeDirectory != nil else { return step.run(pairs) }
        let answer = try podman.ask(["unshare", "\(ThisProgram.directory)/cmdop-prepare", step.rawValue] + pairs)
        guard answer.status != 0 else { return nil }
        return answer.text.isEmpty ? "podman unshare ended with status \(answer.status)" : answer.text
    }
}

/// `cmdop-prepare hold PATH PLACE …` and `cmdop-prepare release PATH PLACE …`.
enum HeldPathsProgram: String {
    case hold, release

    /// `nil` for other arguments.
    static func run(_ arguments: [String]) -> Int32? {
        guard arguments.count > 1, let step = Self(rawValue: arguments[1]) else { return nil }
        guard let sentence = step.run(Array(arguments.dropFirst(2))) else { return 0 }
        _ = try? FileDescriptor.standardOutput.writeAll(Array(sentence.utf8))
        return 1
    }

    /// Takes pairs of a path and its place; answers what went wrong.
    func run(_ pairs: [String]) -> String? {
        for index in stride(from: 0, to: pairs.count - 1, by: 2) {
            let (path, place) = (pairs[index], pairs[index + 1])
            switch self {
            case .hold: if let sentence = Self.hold(path, at: place) { return sentence }
            case .release: BoundPath.remove(place)
            }
        }
        return nil
    }

    private static func hold(_ path: String, at place: String) -> String? {
        do throws(Errno) {
            try BoundPath.bind(path, at: place)
            return nil
        } catch .tooManySymbolicLinkLevels {
            return "\(path) is not what it was when it was looked at: there is a link in its place now"
        } catch {
            return "\(path) can not be used in the container: \(error)"
        }
    }
}
