import JSONText
import Platform
import Synchronization
import TestKit
import Testing

@testable import Control

@Suite("A request that is cancelled")
struct CancellationTests {
    /// Works on `wait` until it is cancelled, and answers anything else at once.
    private final class WaitingDispatcher: Dispatcher {
        func perform(
            _ method: String, _ parameters: JSONObject, subscriptions: any Subscriptions
        ) async throws(ControlFailure) -> JSONValue {
            guard method == "wait" else { return "now" }
            let (cancelled, continuation) = AsyncStream<Never>.makeStream()
            await withTaskCancellationHandler {
                for await _ in cancelled {}
            } onCancel: {
                continuation.finish()
            }
            return "cancelled"
        }

        func cancels(_ method: String, _ parameters: JSONObject) -> JSONValue? {
            method == "cancel" ? parameters["id"] : nil
        }
    }

    /// What a conversation did, for another thread.
    private final class Seen: Sendable {
        let sent = Mutex<[UInt8]>([])
        let isFinished = Mutex(false)
        let talk = Mutex<LoopBound<Conversation>?>(nil)
    }

    @Test("is not answered, ends, and leaves its id free")
    func cancelled() async throws {
        let thread = try LoopThread()
        let seen = Seen()
        await thread.run {
            let talk = Conversation(dispatcher: WaitingDispatcher(), loop: thread.loop) { bytes in
                seen.sent.withLock { $0 += bytes }
            }
            talk.finished = { seen.isFinished.withLock { $0 = true } }
            seen.talk.withLock { $0 = LoopBound(talk, on: thread.loop) }
            let lines = [
                #"{"jsonrpc":"2.0","id":1,"method":"wait"}"#,
                #"{"jsonrpc":"2.0","method":"cancel","params":{"id":1}}"#,
                #"{"jsonrpc":"2.0","id":1,"method":"now"}"#,
            ]
            for line in lines { talk.receive(Array("\(line)\n".utf8)) }
            talk.endOfInput()
        }
        // It is finished only when no work is left.
        try await eventually("the conversation to finish") { seen.isFinished.withLock { $0 } }
        let answers = String(decoding: seen.sent.withLock { $0 }, as: UTF8.self)
        #expect(answers == #"{"jsonrpc":"2.0","id":1,"result":"now"}"# + "\n")
        await thread.run { seen.talk.withLock { $0 }?.get().close() }
    }
}
