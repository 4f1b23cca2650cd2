import Environment
import Platform
import SessionModel
import Wire

/// Images that something is to be built on, looked at before.
///
/// An image can have instructions that run in whatever is built on it (`ONBUILD`). Before Podman 5.4 such a `RUN
/// --mount` reaches any folder of this machine, so none is let through but what the environment allows. What was looked
/// at is named by its ID from then on, because its name may stand for another image at any time.
struct BaseImages {
    /// Whether Podman itself keeps what a build mounts in bounds; it then builds everything as it is written.
    let areSafe: Bool
    private let podman: Podman
    private let allowsOnBuild: Bool
    /// Whether Podman's Dockerfiles can have here-documents.
    private let haveDocuments: Bool
    /// Folders in which Podman keeps what images say of themselves.
    private let folders: [String]

    init(order: ContainerOrder, podman: Podman) throws(PreparationFailure) {
        self.podman = podman
        allowsOnBuild = order.allowsOnBuild
        areSafe = try podman.isAtLeast(5, 4)
        haveDocuments = areSafe ? true : try podman.isAtLeast(4, 8)
        folders = areSafe ? [] : try Self.folders(podman)
    }

    /// One in the storage that Podman writes, and one in each that it only reads.
    private static func folders(_ podman: Podman) throws(PreparationFailure) -> [String] {
        let format = """
            {{.Store.GraphDriverName}}{{"\\n"}}{{.Store.GraphRoot}}{{"\\n"}}\
            {{range $name, $value := .Store.GraphOptions}}{{$name}}={{$value}}{{"\\n"}}{{end}}
            """
        let lines = try podman.ask(["info", "--format", format]).text.split(separator: "\n").map(String.init)
        guard lines.count > 1 else { throw PreparationFailure("podman info does not say where images are") }
        let more = lines.dropFirst(2).compactMap { line in
            line.contains("imagestore=") ? line.split(separator: "=").last.map(String.init) : nil
        }
        return ([lines[1]] + more).map { "\($0)/\(lines[0])-images" }
    }

    // MARK: A Dockerfile

    /// What is to be built of a project's own Dockerfile: the same, begun from images that were looked at.
    func checked(
        _ bytes: [UInt8], of path: String, _ arguments: [EnvironmentVariable]
    ) throws(PreparationFailure) -> [UInt8] {
        func place(_ error: DockerfileError) -> PreparationFailure {
            PreparationFailure("\(path), line \(error.line): \(error.sentence)")
        }
        guard !areSafe else {
            // Podman reads it itself; what can not be read here has no such option that Podman would know.
            guard let file = try? Dockerfile(parsing: bytes, hasDocuments: haveDocuments) else { return bytes }
            do { try BuildSteps.checkNetwork(file) } catch { throw place(error) }
            return bytes
        }
        let file: Dockerfile
        let images: [Dockerfile.Image]
        do throws(DockerfileError) {
            file = try Dockerfile(parsing: bytes, hasDocuments: haveDocuments)
            try BuildSteps.check(file, allowsOnBuild: allowsOnBuild)
            images = try file.images(arguments: arguments)
        } catch {
            throw place(error)
        }
        var ids: [Dockerfile.Image: String] = [:]
        for image in images { ids[image] = try id(of: image.name, platform: image.platform) }
        do throws(DockerfileError) {
            return try file.pinned(arguments: arguments, ids: ids).text
        } catch {
            throw place(error)
        }
    }

    // MARK: An image

    /// The image is pulled where it is not there.
    ///
    /// - Parameter platform: another kind of machine that it is to be for.
    /// - Returns: the ID of what was found fit to be built on.
    func id(of name: String, platform: String? = nil) throws(PreparationFailure) -> String {
        if let platform { try podman.pull(name, ["--platform", platform]) }
        var id = try known(name)
        if id == nil {
            try podman.pull(name)
            id = try known(name)
        }
        guard let id else { throw PreparationFailure("podman does not say what the image \(name) is") }
        try check(id, called: name)
        return id
    }

    private func known(_ name: String) throws(PreparationFailure) -> String? {
        let answer = try podman.ask(["image", "inspect", "--format", "{{.Id}}", "--", name])
        let id = answer.text.filter { !$0.isWhitespace }
        let isID = id.utf8.count == 64 && id.utf8.allSatisfy { "0123456789abcdef".utf8.contains($0) }
        return answer.status == 0 && isID ? id : nil
    }

    /// - Parameter name: what people know it by.
    func check(_ id: String, called name: String) throws(PreparationFailure) {
        guard !areSafe else { return }
        guard let triggers = triggers(of: id) else {
            throw PreparationFailure(
                "nothing is built on the image \(name): whether it has ONBUILD instructions can not be read in "
                    + folders.joined(separator: " or "))
        }
        guard let first = triggers.first else { return }
        let beginning = "nothing is built on the image \(name), which has the instruction"
        if let reason = BuildSteps.reasonAgainst(triggers, hasDocuments: haveDocuments) {
            let worst = triggers.first { BuildSteps.reasonAgainst([$0], hasDocuments: haveDocuments) != nil } ?? first
            throw PreparationFailure("\(beginning) \("ONBUILD \(worst)".quoted): \(reason)")
        }
        guard !allowsOnBuild else { return }
        throw PreparationFailure("\(beginning) \("ONBUILD \(first)".quoted): \(BuildSteps.onBuildIsRefused)")
    }

    /// Podman itself does not tell.
    private func triggers(of id: String) -> [String]? {
        for folder in folders {
            guard let manifest = SmallFile.read("\(folder)/\(id)/manifest") else { continue }
            guard let digest = ImageConfiguration.digest(ofManifest: manifest), !digest.contains("/"),
                let bytes = SmallFile.read("\(folder)/\(id)/\(ImageConfiguration.file(of: digest))")
            else { return nil }
            return ImageConfiguration.triggers(bytes)
        }
        return nil
    }
}
