import Platform
import SessionModel
import SystemPackage
import Wire

/// A process inside the session that makes a socket, says so over its descriptor 3, and ends.
final class SocketMaker {
    enum Outcome {
        case made(port: UInt16, [OwnedDescriptorBox])
        case failed(SocketFailure, sentence: String)
    }

    /// For finding the place and being let in there.
    private static let patience = Duration.seconds(20)
    /// Bytes of an answer.
    private static let answerLimit = 4_096

    private let socket: OwnedDescriptor
    private let loop: EventLoop
    private let pid: ProcessID
    private var timer: EventLoop.TimerID?
    private var done: ((Outcome) -> Void)?

    /// - Parameter done: called once, unless it is cancelled before.
    static func start(
        _ arguments: [String], _ program: ([String]) -> ChildProgram, on loop: EventLoop,
        done: @escaping (Outcome) -> Void
    ) throws -> SocketMaker {
        var theirs: [FileDescriptor] = []
        let ours = try LocalSocket.pair().takeFirst(handing: &theirs)
        defer { for end in theirs { _ = OwnedDescriptor(taking: end) } }
        let nothing = OwnedDescriptor(taking: try FileDescriptor.open("/dev/null", .readWrite, options: .closeOnExec))
        let pid = try program(arguments).spawn(
            standard: (nothing.borrowed, nothing.borrowed, nothing.borrowed), inherited: theirs)
        return try SocketMaker(ours, pid, on: loop, done: done)
    }

    private init(
        _ socket: consuming OwnedDescriptor, _ pid: ProcessID, on loop: EventLoop, done: @escaping (Outcome) -> Void
    ) throws {
        self.socket = socket
        self.pid = pid
        self.loop = loop
        self.done = done
        try self.socket.borrowed.setNonBlocking()
        try loop.watch(self.socket.borrowed, for: .readable) { [weak self] _ in self?.receive() }
        timer = loop.schedule(after: Self.patience) { [weak self] in
            self?.pid.signal(Signals.kill)
            self?.finish(.failed(.failed, sentence: "no answer within \(Self.patience.components.seconds) seconds"))
        }
    }

    /// It is not wanted any more. The process waits for something, or it would have answered.
    func cancel() {
        guard done != nil else { return }
        done = nil
        pid.signal(Signals.kill)
        stop()
    }

    private func receive() {
        var descriptors: [FileDescriptor] = []
        var bytes = [UInt8](repeating: 0, count: Self.answerLimit)
        let outcome = bytes.withUnsafeMutableBytes {
            try? socket.borrowed.receiveAvailable(into: $0, descriptors: &descriptors)
        }
        if case .wouldBlock = outcome { return }
        let boxes = descriptors.map { OwnedDescriptorBox(OwnedDescriptor(taking: $0)) }
        guard case .completed(let count) = outcome,
            let answer = try? SocketAnswer(decoding: Array(bytes[..<count]))
        else { return finish(.failed(.failed, sentence: "the session's place could not be entered")) }
        switch answer {
        case .made(let port) where (1...2).contains(boxes.count): finish(.made(port: port, boxes))
        case .made: finish(.failed(.failed, sentence: "the socket did not arrive"))
        case .failed(let failure, let sentence): finish(.failed(failure, sentence: sentence))
        }
    }

    private func finish(_ outcome: Outcome) {
        let done = done
        self.done = nil
        stop()
        done?(outcome)
    }

    private func stop() {
        guard let timer else { return }
        self.timer = nil
        loop.cancel(timer)
        loop.unwatch(socket.borrowed)
    }
}
