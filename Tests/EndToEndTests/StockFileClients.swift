import Foundation
import TestKit

extension Team {
    /// Arguments for clients that start an `ssh` of their own: a configuration that says what our clients' flags say.
    func configuration(of name: String, in place: TemporaryDirectory) throws -> [String] {
        let arguments = try client(name).arguments("x")
        var lines = ["Host *"]
        var rest = arguments.dropFirst()[...]
        while let word = rest.popFirst() {
            switch word {
            case "-o": if let option = rest.popFirst() { lines.append(option.replacingOccurrences(of: "=", with: " ")) }
            case "-i": if let path = rest.popFirst() { lines.append("IdentityFile \(path)") }
            case "-p": if let port = rest.popFirst() { lines.append("Port \(port)") }
            case "-F", "-l": _ = rest.popFirst()
            default: break
            }
        }
        return ["-q", "-F", try place.write(lines.joined(separator: "\n") + "\n", to: "client-\(name)")]
    }
}

/// A session's files as a folder of this machine, by sshfs; undone at the latest when this is dropped.
final class MountedFiles: Sendable {
    /// Whether the kernel lets anybody mount so.
    static let arePossible = FileManager.default.fileExists(atPath: "/dev/fuse")

    private let place: TemporaryDirectory
    private let command: RunningCommand
    let path: String

    /// - Parameter client: what ``Team/configuration(of:in:)`` gave.
    init(_ files: String, by client: [String]) async throws {
        place = try TemporaryDirectory()
        _ = try place.path("session/inside")
        path = place.path + "/session"
        // In the foreground, so that it ends with the test.
        command = try RunningCommand(["sshfs", "-f", files, path] + client.drop { $0 == "-q" })
        try await eventually("\(files) mounted", seen: { command.errorTranscript.text }) {
            if let status = command.process.exitStatus {
                throw TestKitError.commandFailed(
                    ["sshfs"], status: status.description, output: command.errorTranscript.text)
            }
            return try await isMounted
        }
    }

    /// Of the kernel's list: a look at the folder itself would ask the session.
    var isMounted: Bool {
        get async throws {
            try await CommandRun(["grep", "-qF", " \(path) ", "/proc/self/mountinfo"]).status == .exited(0)
        }
    }

    /// Undoes it, and waits until its client has ended.
    func unmount() async throws -> StartedProgram.ExitStatus {
        try await CommandRun.succeed(["fusermount3", "-u", path])
        return try await command.waitForEnd().status
    }

    deinit { TestImage.shell("fusermount3 -u -z '\(path)'") }
}
