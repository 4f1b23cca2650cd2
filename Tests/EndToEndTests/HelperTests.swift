import Foundation
import Platform
import TestKit
import Testing

/// What does things inside a session for its server runs as the session's user.
@Suite("A helper inside a session")
struct HelperTests {
    @Test(
        "is closed to the session's own programs: they neither trace it nor take what it holds",
        .enabled(if: getuid() == 0, "another user for the session takes root"))
    func closed() async throws {
        let team = try await Team(
            rules: ", environment: theirs",
            environments: #"  theirs: {kind: process, shell: ["/bin/bash", "--norc"], user: nobody, directory: /tmp}"#)
        let files = try team.client("alice").start("deploy", flags: ["-s"], "sftp")
        var helper: ProcessID?
        try await eventually("the helper", seen: { team.server.log }) {
            guard let host = team.server.hostPIDs()["deploy"] else { return false }
            helper = ProcessTree.descendants(of: ProcessID(rawValue: host)).first {
                ProcessTree.arguments(of: $0) == ["cmdop-inside", "files"]
            }
            return helper != nil
        }
        // Of a process that others may look into, this is its own user (proc(5)).
        let found = try #require(helper)
        let file = "/proc/\(found)/environ"
        try await eventually("a closed process", seen: { file }) {
            var facts = stat()
            return stat(file, &facts) == 0 && facts.st_uid == 0
        }
        files.process.kill(SIGKILL)
    }
}
