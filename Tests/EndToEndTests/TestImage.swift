import Foundation
import TestKit
import Testing

/// A small image, made of this machine's own busybox and bash, with a user `dev`; and podman, if it works here.
enum TestImage {
    static let name = "localhost/cmdop-test:1"

    /// Whether containers run on this machine; the image is there then. Made once.
    static let isThere: Bool = {
        guard shell("podman image exists \(name) || \(making)") == 0 else { return false }
        return shell("podman --runtime runc run --rm \(limits) --pull never \(name) true") == 0
    }()

    static let reason: Comment = "needs podman, runc, busybox-static, and the right to run containers"

    /// Runs a line of sh and answers its status.
    @discardableResult
    static func shell(_ line: String) -> Int32 {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = ["-c", "timeout 60 sh -c '\(line.replacingOccurrences(of: "'", with: "'\\''"))'"]
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return 127 }
        process.waitUntilExit()
        return process.terminationStatus
    }

    /// What podman would ask for is more than a machine may give.
    private static let limits = """
        --ulimit nofile=$(ulimit -Hn):$(ulimit -Hn) --ulimit nproc=1024:1024
        """

    private static let making = #"""
        { root=$(mktemp -d) && cd "$root" && mkdir -p bin etc root tmp proc sys dev home/dev run usr/bin \
        && chmod 755 . && chmod 1777 tmp && cp /bin/busybox /bin/bash bin/ \
        && for name in $(/bin/busybox --list); do [ -e bin/$name ] || ln -s busybox bin/$name; done \
        && for file in $(ldd /bin/bash | grep -o "/[^ ]*"); do mkdir -p ".${file%/*}" && cp -L "$file" ".$file"; done \
        && printf "root:x:0:0:root:/root:/bin/bash\ndev:x:1000:1000:dev:/home/dev:/bin/bash\n" >etc/passwd \
        && printf "root:x:0:\ndev:x:1000:\n" >etc/group && ln -s /bin/env usr/bin/env && chown 1000:1000 home/dev \
        && tar -c . | podman import - localhost/cmdop-test:1 && cd / && rm -rf "$root"; }
        """#
}

/// The containers of one server under test; dropping it removes them.
final class TestContainers: Sendable {
    private let directory: String

    init(of server: ServerUnderTest) { directory = server.directory.url.lastPathComponent }

    deinit {
        let format = "--format \"{{.ID}} {{.Labels}}\""
        TestImage.shell(
            "podman ps -a \(format) | grep \(directory) | while read id rest; do podman rm -f -t 0 $id; done")
    }

    /// Names and states.
    func all() async throws -> [String] {
        let run = try await CommandRun.succeed(["podman", "ps", "-a", "--format", "{{.Names}} {{.State}} {{.Labels}}"])
        return run.outputText.split(separator: "\n").filter { $0.contains(directory) }.map {
            $0.split(separator: " ").prefix(2).joined(separator: " ")
        }
    }
}
