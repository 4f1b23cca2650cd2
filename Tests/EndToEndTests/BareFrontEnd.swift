import Foundation
import SessionModel
import SystemPackage
import TestKit
import Wire

/// A front-end that speaks the host's protocol, and that a test drives message by message.
final class BareFrontEnd {
    private let socket: FileDescriptor
    private var decoder = FrameDecoder(bodyLimit: HostMessage.bodyLimit)
    private var isOpen = true
    private(set) var messages: [HostMessage] = []

    /// Connects to a session's host and says hello.
    init(of server: ServerUnderTest, session: String = "deploy") throws {
        let path = try server.directory.path(".state/sessions/\(session)/socket")
        socket = FileDescriptor(
            rawValue: Foundation.socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0))
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8.prefix($0.count - 1)) }
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(socket.rawValue, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard result == 0 else { throw TestKitError.missing(path, advice: "a session has it while it is live") }
        try send(.hello(version: FrontEndMessage.version))
    }

    deinit { close() }

    /// Goes away without a word.
    func close() {
        guard isOpen else { return }
        isOpen = false
        // A child that another test started meanwhile may have it, too: it must end all the same.
        _ = shutdown(socket.rawValue, Int32(SHUT_RDWR))
        try? socket.close()
    }

    func send(_ message: FrontEndMessage) throws { try socket.writeAll(message.encoded) }

    /// Attaches an operator whose key nobody asks for here.
    func attach(_ name: String, as reference: Reference, role: Role = .operator) async throws {
        let key = OfferedKey(blob: Array(name.utf8), fingerprint: Fingerprint(text: "SHA256:\(name)"))
        let who = Operator(name: name, kind: .person, key: VerifiedKey(key, proof: SignatureProof()))
        try send(
            .attach(
                reference,
                AttachRequest(
                    who: who, role: role, isSteering: true, transport: "test", size: .standard, scrollback: 0)))
        try await waitFor("\(name)'s attachment") {
            if case .attached(reference, _, _, _) = $0 { true } else { false }
        }
    }

    func type(_ text: String, as reference: Reference) throws { try send(.input(reference, Array(text.utf8))) }

    /// Waits until a message has come that is the one.
    func waitFor(_ what: String, _ isTheOne: (HostMessage) -> Bool) async throws {
        try await eventually(what) {
            try receive()
            return messages.contains(where: isTheOne)
        }
    }

    private func receive() throws {
        var room = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = recv(socket.rawValue, &room, room.count, Int32(MSG_DONTWAIT))
            guard count > 0 else { break }
            decoder.append(room[..<count])
        }
        while let frame = try decoder.next() { messages.append(try HostMessage(decoding: frame)) }
    }
}
