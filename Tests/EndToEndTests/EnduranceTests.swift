import Foundation
import TestKit
import Testing

/// The short form: five clients move two thousand files and fifty megabytes altogether.
@Suite("Many files and a big one go there and back with sftp, scp, rsync, sshfs and git, and are what they were")
struct EnduranceTests {
    private func run(_ environment: String) async throws {
        let programs = URL(fileURLWithPath: try BuiltProgram.cmdopd.path()).deletingLastPathComponent().path
        let line = try PythonScript.endurance.line(
            "--programs", programs, "--environments", environment, "--files", "400", "--bytes", "10000000")
        let run = try await CommandRun(line, within: .seconds(300))
        #expect(run.status == .exited(0), "\(run.outputText)\(run.errorText)")
        let equal = run.outputText.split(separator: "\n").count { $0.hasSuffix("sums equal") }
        #expect(equal == (MountedFiles.arePossible ? 10 : 8), "\(run.outputText)")
    }

    @Test("where sessions are processes")
    func processes() async throws { try await run("process") }

    @Test("where they are in containers", .enabled(if: TestImage.isThere, TestImage.reason))
    func containers() async throws { try await run("container") }
}
