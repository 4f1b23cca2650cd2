import Foundation
import Platform
import TestKit

/// A team, servers on ports inside a session, and clients that forward to them.
struct ForwardFixture {
    let team: Team

    init(
        _ names: [String] = ["alice"], agents: [String] = [], access: String = Team.operators,
        rules: String = "", environments: String = ""
    ) async throws {
        team = try await Team(names, agents: agents, access: access, rules: rules, environments: environments)
    }

    /// A client that shows what the server says against a channel.
    func arguments(_ name: String, _ flags: [String], to user: String = "deploy") throws -> [String] {
        try team.client(name).arguments(user, flags: flags).map { $0 == "LogLevel=ERROR" ? "LogLevel=INFO" : $0 }
    }

    /// Connects standard input and output with a place, as `ssh -W` does.
    func reach(
        _ place: String, as name: String = "alice", in user: String = "deploy", input: [UInt8] = []
    ) async throws -> CommandRun {
        try await CommandRun(arguments(name, ["-W", place], to: user), input: input)
    }

    /// Forwards until it is dropped; comes back when the client has done all that it was asked to.
    func forward(_ flags: [String], as name: String = "alice") async throws -> RunningCommand {
        let ready = "forwards-are-there"
        let run = try RunningCommand(
            arguments(
                name,
                [
                    "-o", "ExitOnForwardFailure=yes", "-o", "PermitLocalCommand=yes", "-o",
                    "LocalCommand=echo \(ready)",
                ] + flags + ["-N"]))
        try await eventually("the forwards", seen: { run.errorTranscript.text + team.server.log }) {
            run.outputTranscript.text.contains(ready) || run.process.exitStatus != nil
        }
        return run
    }

    /// Servers inside the session; they end when the first of the pair is dropped.
    func serve(_ mode: String, _ count: Int = 1) async throws -> (RunningCommand, [Int]) {
        let line = try PythonScript.portTool.line("serve", mode, "\(count)").joined(separator: " ")
        return try await Self.ports(of: team.client("alice").start("deploy", "exec \(line)"))
    }

    /// Servers on this machine, outside of any session.
    static func serveOutside(_ mode: String) async throws -> (RunningCommand, [Int]) {
        try await ports(of: RunningCommand(try PythonScript.portTool.line("serve", mode, "1")))
    }

    private static func ports(of run: RunningCommand) async throws -> (RunningCommand, [Int]) {
        try await eventually("the ports", seen: { run.errorTranscript.text }) {
            run.outputTranscript.text.hasSuffix("\n")
        }
        return (run, run.outputTranscript.text.split { $0 == " " || $0 == "\n" }.compactMap { Int($0) })
    }

    /// A port on which nobody listens.
    static func freePort() async throws -> Int {
        let program = "import socket; s = socket.create_server(('127.0.0.1', 0)); print(s.getsockname()[1])"
        let run = try await CommandRun(["python3", "-c", program])
        guard let port = Int(run.outputText.dropLast()) else {
            throw TestKitError.missing("a free port", advice: run.errorText)
        }
        return port
    }

    /// The addresses of this machine where somebody listens on the port (proc(5)).
    static func listening(on port: UInt16?) -> Set<String> {
        let names = [
            "0100007F": "127.0.0.1", "00000000": "0.0.0.0", "00000000000000000000000001000000": "::1",
            "00000000000000000000000000000000": "::",
        ]
        // The kernel gives it in pieces, each less than was asked for.
        let tables = ["tcp", "tcp6"].compactMap { SmallFile.read("/proc/net/\($0)") }
            .map { String(decoding: $0, as: UTF8.self) }
        let places = tables.flatMap { $0.split(separator: "\n").dropFirst() }.compactMap { line -> Substring? in
            let fields = line.split(separator: " ")
            return fields.count > 3 && fields[3] == "0A" ? fields[1] : nil
        }
        return Set(
            places.compactMap { place in
                let parts = place.split(separator: ":")
                guard parts.count == 2, UInt16(parts[1], radix: 16) == port else { return nil }
                return names[String(parts[0])] ?? String(parts[0])
            })
    }

    /// Descriptors of the server, and processes below its hosts.
    var resources: [Int] {
        let descriptors = team.server.process.flatMap {
            try? FileManager.default.contentsOfDirectory(atPath: "/proc/\($0.pid)/fd").count
        }
        return [descriptors ?? -1]
            + team.server.hostPIDs().values.map { host in
                let tasks = try? String(contentsOfFile: "/proc/\(host)/task/\(host)/children", encoding: .utf8)
                return tasks?.split(separator: " ").count ?? -1
            }
    }
}
