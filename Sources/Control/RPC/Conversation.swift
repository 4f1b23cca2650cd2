import JSONText
package import Platform

/// One client's JSON-RPC 2.0: a message a line, in both directions, many requests in flight. Confined to its loop.
///
/// Bounded in what it holds: the length of a line, the requests in flight, and what is sent and not read.
package final class Conversation {
    package struct Limits: Sendable {
        package var line = 1_024 * 1_024
        package var requests = 256
        /// Bytes of answers that wait to be read, past which no more requests are taken.
        package var unread = 1_024 * 1_024
        package init() {}
    }

    private let dispatcher: any Dispatcher
    private let loop: EventLoop
    private let limits: Limits
    private let send: ([UInt8]) -> Void
    private var line: [UInt8] = []
    /// The line is longer than the limit: the rest of it is not looked at.
    private var isSkipping = false
    private var waiting: [[UInt8]] = []
    private var inFlight = 0
    /// Requests that are not answered, by their ids.
    private var running: [JSONValue: Task<Void, Never>?] = [:]
    private var hasEnded = false
    private(set) var subscriptions: ConversationSubscriptions
    /// Bytes that were sent and that the client has not taken.
    package var unread = 0 { didSet { if unread < oldValue { roomIsThere() } } }
    /// Called when the client has said its last, and everything is answered.
    package var finished: (() -> Void)?
    /// Called when no more can be taken in now, and when it can again.
    package var pausing: ((Bool) -> Void)?
    private var isPaused = false

    package init(
        dispatcher: any Dispatcher, loop: EventLoop, limits: Limits = Limits(), send: @escaping ([UInt8]) -> Void
    ) {
        self.dispatcher = dispatcher
        self.loop = loop
        self.limits = limits
        self.send = send
        subscriptions = ConversationSubscriptions(loop: loop)
        subscriptions.conversation = self
    }

    // MARK: Bytes in

    package func receive(_ bytes: [UInt8]) {
        guard !hasEnded else { return }
        var rest = bytes[...]
        while let end = rest.firstIndex(of: 0x0A) {
            take(rest[..<end])
            endLine()
            rest = rest[(end + 1)...]
        }
        take(rest)
        goOn()
    }

    /// The client sends no more: what it asked is still answered.
    package func endOfInput() {
        if !line.isEmpty || isSkipping { endLine() }
        hasEnded = true
        goOn()
    }

    /// The client is gone.
    package func close() {
        hasEnded = true
        finished = nil
        pausing = nil
        waiting = []
        for task in running.values { task?.cancel() }
        running = [:]
        subscriptions.close()
    }

    private func take(_ bytes: ArraySlice<UInt8>) {
        guard !isSkipping else { return }
        guard line.count + bytes.count <= limits.line else {
            isSkipping = true
            line = []
            return
        }
        line += bytes
    }

    private func endLine() {
        defer { line = [] }
        if isSkipping {
            isSkipping = false
            return answer(
                nil, ControlFailure(.parseError, "a line has more than \(limits.line) bytes; send less at once"))
        }
        if line.last == 0x0D { line.removeLast() }
        if !line.isEmpty { waiting.append(line) }
    }

    // MARK: Requests

    private var isFull: Bool { inFlight >= limits.requests || unread >= limits.unread }

    private func goOn() {
        while !waiting.isEmpty, !isFull { begin(waiting.removeFirst()) }
        pause(!waiting.isEmpty)
        if hasEnded, waiting.isEmpty, inFlight == 0 {
            let finished = finished
            self.finished = nil
            finished?()
        }
    }

    private func pause(_ isWanted: Bool) {
        guard isWanted != isPaused else { return }
        isPaused = isWanted
        pausing?(isWanted)
    }

    private func begin(_ line: [UInt8]) {
        let request: RPCRequest
        do throws(RPCRequest.Invalid) {
            request = try RPCRequest(line)
        } catch {
            return answer(error.id, error.failure)
        }
        if request.id == nil, let cancelled = dispatcher.cancels(request.method, request.parameters) {
            return cancel(cancelled)
        }
        if let id = request.id {
            guard running[id] == nil else {
                return answer(
                    id, ControlFailure(.invalidRequest, "a request with this id is not answered yet; use another"))
            }
            running[id] = .some(nil)
        }
        inFlight += 1
        let task = loop.perform { [self] in
            let outcome: Result<JSONValue, ControlFailure>
            do throws(ControlFailure) {
                outcome = .success(
                    try await dispatcher.perform(request.method, request.parameters, subscriptions: subscriptions))
            } catch {
                outcome = .failure(error)
            }
            inFlight -= 1
            // What was cancelled is not answered, and another request may have its id by now.
            if !Task.isCancelled { settle(request, outcome) }
            goOn()
        }
        if let id = request.id { running[id] = task }
    }

    /// Nobody wants the answer any more: what waits for it stops waiting.
    private func cancel(_ id: JSONValue) {
        guard let task = running.removeValue(forKey: id) else { return }
        task?.cancel()
    }

    private func settle(_ request: RPCRequest, _ outcome: Result<JSONValue, ControlFailure>) {
        // A notification of the client's gets no answer, whatever becomes of it (JSON-RPC 2.0 section 4.1).
        guard let id = request.id, running.removeValue(forKey: id) != nil else { return }
        switch outcome {
        case .success(let result): write(["jsonrpc": "2.0", "id": id, "result": result])
        case .failure(let failure): answer(id, failure)
        }
    }

    private func answer(_ id: JSONValue?, _ failure: ControlFailure) {
        write(["jsonrpc": "2.0", "id": id ?? .null, "error": failure.rpc])
    }

    // MARK: Bytes out

    private func write(_ message: JSONValue) {
        let bytes = message.encoded + [0x0A]
        unread += bytes.count
        send(bytes)
    }

    func notify(_ method: String, _ parameters: JSONObject) {
        write(["jsonrpc": "2.0", "method": .string(method), "params": .object(parameters)])
    }

    /// Whether a notification may be sent now.
    var hasRoom: Bool { unread < limits.unread / 2 }

    private func roomIsThere() {
        if hasRoom { subscriptions.roomIsThere() }
        if !waiting.isEmpty, !isFull { goOn() }
    }
}

extension ControlFailure {
    static func unknown(method name: String) -> ControlFailure {
        ControlFailure(.unknownMethod, "there is no method '\(name.printable)'; rpc.discover lists them")
    }
}
