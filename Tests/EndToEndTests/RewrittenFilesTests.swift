import Foundation
import TestKit
import Testing

@Suite("Access while the files that give it are written")
struct RewrittenFilesTests {
    /// The short form; how soon is measured by the long one.
    @Test("nobody who is allowed is cut off by how files are written, with no descriptor left; who has to go is out")
    func rewrites() async throws {
        let programs = URL(fileURLWithPath: try BuiltProgram.cmdopd.path()).deletingLastPathComponent().path
        let line = try PythonScript.rewrites.line(
            "--programs", programs, "--times", "45", "--removals", "3", "--limit", "20")
        let run = try await CommandRun(line, within: .seconds(300))
        #expect(run.status == .exited(0), "\(run.outputText)\(run.errorText)")
        #expect(run.outputText.contains("45 times written, 3 of 3 stayed"), "\(run.outputText)")
    }

    @Test("a folder of keys that cannot be read is told once, with what to do, and takes nobody away")
    func unreadable() async throws {
        let team = try await Team()
        let alice = try await team.attach("alice")
        for number in 0..<4_097 { try team.server.directory.write("", to: "keys/team/\(number)") }
        let sentence = "team: there are more than 4096 files in it"
        try await eventually("that being told", seen: { team.server.log }) { team.server.log.contains(sentence) }
        // Bob's file is looked at all the same.
        let bob = try await team.attach("bob")
        try team.server.removeOperator("bob")
        #expect(try await bob.waitForExit() == .exited(254))
        #expect(try await alice.value(of: "here") == "here")
        #expect(team.server.log.components(separatedBy: sentence).count == 2)
    }

    @Test("an empty configuration takes nothing from anybody, and the log says what to write instead")
    func emptyConfiguration() async throws {
        let team = try await Team()
        let alice = try await team.attach("alice")
        try team.server.directory.write("", to: "config/cmdop.yaml")
        try await eventually("what to do", seen: { team.server.log }) {
            team.server.log.contains("if nobody is to do anything, write 'access: []'")
        }
        #expect(try await alice.value(of: "here") == "here")
        try team.server.directory.write("access: []\n", to: "config/cmdop.yaml")
        #expect(try await alice.waitForExit() == .exited(254))
    }
}
