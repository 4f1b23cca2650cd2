import Platform
import SystemPackage
import Wire

/// The sockets that somebody here has from inside a link's session, or waits for.
final class LinkSockets {
    enum Outcome {
        /// Descriptors are the receiver's to close.
        case opened(port: UInt16, [FileDescriptor])
        case failed(SocketFailure, sentence: String)
    }

    /// The first version of the protocol whose hosts open sockets.
    private static let firstVersion: UInt16 = 5
    private static let tooOld = "an older server started this session, and forwards nothing; end it and start it anew"

    private unowned let link: SessionLink
    private var waiting: [Reference: (Outcome) -> Void] = [:]
    /// Called when the session is over.
    private var open: [Reference: () -> Void] = [:]

    init(link: SessionLink) { self.link = link }

    var isEmpty: Bool { waiting.isEmpty && open.isEmpty }

    /// Asks the host for a socket; `over` is called once when the session ends while it is open.
    /// - Returns: what to close it by, also before there is an answer.
    func ask(
        _ direction: ForwardDirection, _ request: ForwardRequest, over: @escaping () -> Void,
        _ answer: @escaping (Outcome) -> Void
    ) -> Reference {
        let reference = link.nextReference()
        waiting[reference] = answer
        open[reference] = over
        link.whenVersionIsKnown { [weak self] version in
            guard let self, waiting[reference] != nil else { return }
            guard version >= Self.firstVersion else {
                return failed(reference, .failed, version == 0 ? "the session is over" : Self.tooOld)
            }
            switch direction {
            case .inwards: link.send(.connect(reference, request))
            case .outwards: link.send(.listen(reference, request))
            }
        }
        return reference
    }

    /// What it was for is over; nobody is called any more.
    func close(_ reference: Reference, _ count: ForwardCount) {
        waiting[reference] = nil
        guard open.removeValue(forKey: reference) != nil else { return }
        link.send(.closeSocket(reference, count))
        link.noteIdle()
    }

    // MARK: From the host

    func opened(_ reference: Reference, _ port: UInt16, _ descriptors: [FileDescriptor]) {
        guard !descriptors.isEmpty || waiting[reference] == nil else {
            link.send(.closeSocket(reference, ForwardCount(connections: 0, bytesIn: 0, bytesOut: 0)))
            return failed(reference, .tooMany, ForwardBoard.Shortage.ofServer.sentence)
        }
        guard let answer = waiting.removeValue(forKey: reference) else {
            for descriptor in descriptors { _ = OwnedDescriptor(taking: descriptor) }
            return
        }
        answer(.opened(port: port, descriptors))
    }

    func failed(_ reference: Reference, _ failure: SocketFailure, _ sentence: String) {
        open[reference] = nil
        waiting.removeValue(forKey: reference)?(.failed(failure, sentence: sentence))
        link.noteIdle()
    }

    var isWaiting: Bool { !waiting.isEmpty }

    /// Who waits is answered. What the host opens after all is closed again.
    func hostIsSilent(_ sentence: String) {
        let waiting = waiting
        self.waiting = [:]
        for (reference, answer) in waiting {
            answer(.failed(.failed, sentence: sentence))
            close(reference, ForwardCount(connections: 0, bytesIn: 0, bytesOut: 0))
        }
    }

    func hostIsGone() {
        let (waiting, open) = (waiting, open)
        self.waiting = [:]
        self.open = [:]
        for answer in waiting.values { answer(.failed(.failed, sentence: "the session is over")) }
        for (reference, over) in open where waiting[reference] == nil { over() }
    }
}
