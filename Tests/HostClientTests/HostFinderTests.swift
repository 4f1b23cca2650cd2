import Platform
import SessionModel
import SystemPackage
import TestKit
import Testing
import Wire

@testable import HostClient

@Suite("Finding a host")
struct HostFinderTests {
    /// Takes connections at a session's socket; the first it drops without a word.
    private final class EndingHost {
        let listener: OwnedDescriptor
        private var taken: [OwnedDescriptorHolder] = []
        private(set) var dropped = 0

        private final class OwnedDescriptorHolder {
            let descriptor: OwnedDescriptor
            init(_ descriptor: consuming OwnedDescriptor) { self.descriptor = descriptor }
        }

        init(_ session: SessionName, in store: SessionStore, on loop: EventLoop) throws {
            let directory = try store.open(session)
            listener = try LocalSocket.listen(in: directory, as: SessionFiles.socket)
            try loop.watch(listener.borrowed, for: .readable) { [weak self] _ in self?.take(session) }
        }

        private func take(_ session: SessionName) {
            guard let socket = try? LocalSocket.accept(from: listener.borrowed) else { return }
            guard dropped > 0 else { return dropped += 1 }
            let welcome = HostMessage.welcome(version: 1, session, Incarnation(rawValue: 3))
            _ = try? socket.borrowed.writeAll(welcome.encoded)
            taken.append(OwnedDescriptorHolder(socket))
        }
    }

    /// What becomes of a search: what the host that was found says first, or why there is none.
    private func outcome(
        launcher isLauncherThere: Bool, host isHostThere: Bool,
        startingWith plan: (@Sendable (Incarnation) -> LaunchPlan)?
    ) async throws -> String {
        let directory = try TemporaryDirectory()
        let thread = try LoopThread()
        let loop = thread.loop
        return try await withCheckedThrowingContinuation { continuation in
            loop.submit {
                do {
                    let store = try SessionStore(stateDirectory: directory.path + "/state")
                    let host = isHostThere ? try EndingHost(try Self.session, in: store, on: loop) : nil
                    var ends: [FileDescriptor] = []
                    let port = Launcher.PortBox(Launcher.Port(try LocalSocket.pair().takeFirst(handing: &ends)))
                    if !isLauncherThere { for end in ends { try end.close() } }
                    let finder = HostFinder(store: store, loop: loop, launcher: port)
                    finder.connect(try Self.session, startingWith: plan) { outcome in
                        guard case .success(let connection) = outcome else {
                            if case .failure(let error) = outcome { continuation.resume(returning: "\(error)") }
                            return loop.afterThisRound { withExtendedLifetime((finder, thread)) {} }
                        }
                        connection.handler = { message, _ in
                            continuation.resume(returning: "\(message), \(host?.dropped ?? 0) before")
                            loop.afterThisRound { withExtendedLifetime((connection, finder, thread)) {} }
                        }
                    }
                } catch {
                    continuation.resume(throwing: error)
                }
            }
        }
    }

    private static var session: SessionName { get throws { try #require(SessionName("deploy")) } }

    @Test("one that ends just then, and never speaks, is not the session's: it is looked for once more")
    func ending() async throws {
        let said = try await outcome(launcher: true, host: true, startingWith: nil)
        #expect(said.hasPrefix("welcome(version: 1, ") && said.hasSuffix(", 1 before"), "\(said)")
    }

    @Test("that is to be started by a launcher that is gone fails with what to do")
    func noLauncher() async throws {
        let session = try Self.session
        let said = try await outcome(
            launcher: false, host: false, startingWith: { Self.plan(of: session, $0) })
        #expect(said.contains("launcher") && said.contains("restart the server"), "\(said)")
    }

    private static func plan(of session: SessionName, _ incarnation: Incarnation) -> LaunchPlan {
        let shell = LaunchedProgram(path: "/bin/sh", arguments: ["sh"])
        let key = OfferedKey(blob: [1], fingerprint: Fingerprint(text: "SHA256:alice"))
        return LaunchPlan(
            session: session, incarnation: incarnation, stateDirectory: "/", environment: "default", shell: shell,
            commandShell: shell, privateShell: shell, variables: [], directory: "/", size: .standard,
            turns: TurnRules(releaseAfter: .seconds(5)), scrollback: 0,
            createdBy: Operator(name: "alice", kind: .person, key: VerifiedKey(key, proof: SignatureProof())))
    }
}
