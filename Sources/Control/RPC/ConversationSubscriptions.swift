import JSONText
import Platform

/// The subscriptions of one conversation; they end with it.
package final class ConversationSubscriptions: Subscriptions {
    private let loop: EventLoop
    weak var conversation: Conversation?
    private var running: [Int64: ConversationSubscriber] = [:]
    private var last: Int64 = 0

    init(loop: EventLoop) { self.loop = loop }

    package func start(_ body: @escaping (any Subscriber) async throws(ControlFailure) -> Void) -> Int64 {
        last += 1
        let subscriber = ConversationSubscriber(number: last, conversation: conversation)
        running[last] = subscriber
        loop.perform { [weak self] in
            var reason: ControlFailure?
            do throws(ControlFailure) {
                try await body(subscriber)
            } catch {
                reason = error
            }
            guard let self, self.running.removeValue(forKey: subscriber.number) != nil else { return }
            var parameters = JSONObject([("subscription", .integer(subscriber.number))])
            parameters["reason"] = JSONValue(reason) { $0.rpc }
            self.conversation?.notify("events.ended", parameters)
        }
        return last
    }

    package func end(_ number: Int64) -> Bool {
        guard let subscriber = running.removeValue(forKey: number) else { return false }
        subscriber.close()
        return true
    }

    func roomIsThere() { for subscriber in running.values { subscriber.goOn() } }

    func close() {
        let all = running.values
        running = [:]
        for subscriber in all { subscriber.close() }
    }
}

/// One subscription: waits with its next notification while the client has not read enough.
private final class ConversationSubscriber: Subscriber {
    let number: Int64
    private weak var conversation: Conversation?
    private var waiting: CheckedContinuation<Void, Never>?

    init(number: Int64, conversation: Conversation?) {
        self.number = number
        self.conversation = conversation
    }

    func notify(_ method: String, _ parameters: JSONObject) async -> Bool {
        while let conversation, !conversation.hasRoom {
            await withCheckedContinuation { continuation in
                if self.conversation?.hasRoom == false { waiting = continuation } else { continuation.resume() }
            }
        }
        guard let conversation else { return false }
        conversation.notify(method, parameters)
        return true
    }

    func goOn() {
        let waiting = waiting
        self.waiting = nil
        waiting?.resume()
    }

    func close() {
        conversation = nil
        goOn()
    }
}
