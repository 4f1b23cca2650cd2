import Control
import Platform
import SessionModel
import SystemPackage

/// One verb, asked and answered.
final class VerbCall {
    private let loop: EventLoop
    private let stream: ServerStream
    private var line: [UInt8] = []

    init(_ words: ByteString, over socket: consuming OwnedDescriptor, on loop: EventLoop) throws(Errno) {
        self.loop = loop
        stream = try ServerStream(socket, on: loop)
        stream.received = { [weak self] in self?.line += $0 }
        stream.ended = { loop.stop() }
        stream.send(LocalHello(.verb(line: words), environment: Locale.variables).encoded)
    }

    func run() throws(ClientFailure) -> VerbAnswer {
        loop.run()
        let whole = line.last == 0x0A ? line.dropLast() : line[...]
        if let refusal = LocalRefusal(parsing: whole) { throw .refused(refusal.sentence) }
        guard let answer = VerbAnswer(parsing: whole) else {
            throw .noServer("the server went away before it answered")
        }
        return answer
    }
}
