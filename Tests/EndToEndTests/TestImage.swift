import Foundation
import TestKit
import Testing

/// A small image, made of this machine's own busybox, bash and git, with a user `dev`; and podman, if it works here.
enum TestImage {
    static let name = "localhost/cmdop-test:2"

    /// Whether containers run on this machine; the image is there then. Made once.
    static let isThere: Bool = {
        guard shell("podman image exists \(name) || \(making)") == 0 else { return false }
        return shell("podman --runtime runc run --rm \(limits) --pull never \(name) true") == 0
    }()

    /// A user of this machine who is not root, with numbers for the users of containers, and for whom the image is
    /// there; found where root runs the tests.
    static let ordinaryUser: String? = {
        let text = try? String(contentsOfFile: "/etc/subuid", encoding: .utf8)
        guard getuid() == 0, let ranges = text else { return nil }
        let names = ranges.split(separator: "\n").compactMap { $0.split(separator: ":").first.map(String.init) }
        guard let user = names.first(where: { getpwnam($0) != nil && $0 != "root" }) else { return nil }
        let runs = "podman run --rm --runtime runc --network none \(limits) --pull never \(name) true"
        let imports = "podman unshare sh -c '\(making.replacingOccurrences(of: "'", with: "'\\''"))'"
        let line = "podman image exists \(name) || \(imports); \(runs)"
        return shell(line, as: user) == 0 ? user : nil
    }()

    static let reasonOfOrdinaryUser: Comment = """
        needs root, a user whom /etc/subuid gives numbers, uidmap, and the right of that user to run containers
        """

    static let reason: Comment = "needs podman, runc, busybox-static, and the right to run containers"

    /// Runs a line of sh, as the user of the tests or another, and answers its status.
    @discardableResult
    static func shell(_ line: String, as user: String? = nil) -> Int32 {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/timeout")
        process.arguments = ["60"]
        if let user, let entry = getpwnam(user) {
            process.arguments? += ["setpriv", "--reuid=\(user)", "--regid=\(user)", "--init-groups", "--reset-env"]
            process.currentDirectoryURL = URL(fileURLWithPath: String(cString: entry.pointee.pw_dir))
        }
        process.arguments? += ["sh", "-c", line]
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return 127 }
        process.waitUntilExit()
        return process.terminationStatus
    }

    /// An image that is made by hand from the text of a Dockerfile, as strangers make theirs.
    static func make(_ name: String, from text: String) throws {
        let folder = try TemporaryDirectory()
        try folder.write(text, to: "Dockerfile")
        // Only Docker's own format has ONBUILD.
        let line = """
            podman --runtime runc build --format docker --pull-never --no-cache --layers=false \(limits) -t \(name) \
            -f \(folder.path)/Dockerfile \(folder.path)
            """
        // Tests beside this one remove images, at times one that Podman is just looking at.
        let isBuilt = (1...3).contains { _ in shell(line) == 0 }
        try #require(isBuilt, "\(name) could not be built")
    }

    /// What podman would ask for is more than a machine may give.
    private static let limits = """
        --ulimit nofile=$(ulimit -Hn):$(ulimit -Hn) --ulimit nproc=1024:1024
        """

    private static let making = #"""
        { root=$(mktemp -d) && cd "$root" && mkdir -p bin etc root tmp proc sys dev home/dev run usr/bin \
        && chmod 755 . && chmod 1777 tmp && cp /bin/busybox /bin/bash /usr/bin/git bin/ \
        && ln -s git bin/git-upload-pack && ln -s git bin/git-receive-pack \
        && for name in $(/bin/busybox --list); do [ -e bin/$name ] || ln -s busybox bin/$name; done \
        && for file in $({ ldd /bin/bash; ldd /usr/bin/git; } | grep -o "/[^ ]*"); \
           do mkdir -p ".${file%/*}" && cp -L "$file" ".$file"; done \
        && printf "root:x:0:0:root:/root:/bin/bash\ndev:x:1000:1000:dev:/home/dev:/bin/bash\n" >etc/passwd \
        && printf "root:x:0:\ndev:x:1000:\n" >etc/group && ln -s /bin/env usr/bin/env && chown 1000:1000 home/dev \
        && tar -c . | podman import - localhost/cmdop-test:2 && cd / && rm -rf "$root"; }
        """#
}

/// The containers of one server under test; dropping it removes them, and images that were built for them alone.
final class TestContainers: Sendable {
    private let directory: String
    private let user: String?

    /// - Parameter user: who runs the server, if not the user of the tests.
    init(of server: ServerUnderTest, user: String? = nil) {
        directory = server.directory.url.lastPathComponent
        self.user = user
    }

    deinit {
        let format = "--format \"{{.ID}} {{.Image}} {{.Labels}}\""
        let removal = "podman rm -f -t 0 $id; case $image in */cmdop-built:*) podman rmi $image;; esac"
        TestImage.shell(
            "podman ps -a \(format) | grep \(directory) | while read id image rest; do \(removal); done", as: user)
    }

    /// Names and states.
    func all() async throws -> [String] {
        var words: [String] = []
        if let user { words = ["setpriv", "--reuid=\(user)", "--regid=\(user)", "--init-groups", "--reset-env"] }
        let run = try await CommandRun.succeed(
            words + ["podman", "ps", "-a", "--format", "{{.Names}} {{.State}} {{.Labels}}"])
        return run.outputText.split(separator: "\n").filter { $0.contains(directory) }.map {
            $0.split(separator: " ").prefix(2).joined(separator: " ")
        }
    }
}
