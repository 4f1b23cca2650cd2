import Control
import Glibc
import Platform
import SessionModel
import SystemPackage

/// The program `cmdop`: the server's local socket, for people and scripts.
package enum LocalProgram {
    /// - Returns: the exit status.
    package static func run() -> Int32 {
        SignalSource.block([Signals.pipe])
        do {
            return try perform(Array(ThisProgram.arguments.dropFirst()))
        } catch let failure as ClientFailure {
            say("cmdop: \(failure.sentence)\n", to: .standardError)
            return failure.status
        } catch {
            say("cmdop: \(error)\n", to: .standardError)
            return 255
        }
    }

    private static func perform(_ words: [ByteString]) throws -> Int32 {
        let isInteractive = isatty(STDIN_FILENO) == 1 && isatty(STDOUT_FILENO) == 1
        let invocation = try Invocation(words, isInteractive: isInteractive)
        switch invocation.action {
        case .help: say(Invocation.help, to: .standardOutput)
        case .completion(let name):
            guard let script = CompletionScript.text(for: name) else {
                throw ClientFailure.usage("there is completion for bash, zsh and fish, not for '\(name.printable)'")
            }
            say(script, to: .standardOutput)
        case .verb(let line):
            let answer = try VerbCall(line, over: try connect(invocation), on: try makeLoop()).run()
            say(answer.text, to: .standardOutput)
            say(answer.complaint, to: .standardError)
            return Int32(truncatingIfNeeded: answer.status)
        case .control(let session): try pipe(.control(session: session), invocation)
        case .mcp(let session): try pipe(.mcp(session: session), invocation)
        case .attach(let address):
            return try AttachedTerminal(address, over: try connect(invocation), on: try makeLoop()).run()
        }
        return 0
    }

    private static func pipe(_ face: LocalHello.Face, _ invocation: Invocation) throws {
        try ControlPipe(face, over: try connect(invocation), on: try makeLoop()).run()
    }

    private static func connect(_ invocation: Invocation) throws(ClientFailure) -> OwnedDescriptor {
        try ServerSocket.connect(
            named: invocation.socket ?? Locale.variable("CMDOP_SOCKET").flatMap { $0.isEmpty ? nil : $0 })
    }

    private static func makeLoop() throws(Errno) -> EventLoop {
        let loop = try EventLoop()
        loop.adopt()
        return loop
    }

    private static func say(_ text: String, to stream: FileDescriptor) {
        if !text.isEmpty { _ = try? stream.writeAll(ByteString(carried: text).bytes) }
    }
}
