import Control
import Foundation
import JSONText
import TestKit

/// A script's end of a control subsystem, through the stock `ssh`.
actor ControlClient {
    private let command: RunningCommand
    private var offset = 0
    private var lastID: Int64 = 0
    private var answers: [Int64: JSONValue] = [:]
    private(set) var notifications: [JSONValue] = []

    init(_ client: SSHClient, _ user: String, subsystem: String = "cmdop-control") throws {
        command = try client.start(user, flags: ["-s"], subsystem)
    }

    nonisolated var process: StartedProgram { command.process }

    /// Sends a request, and does not wait for its answer.
    func send(_ method: String, _ parameters: JSONValue = [:]) -> Int64 {
        lastID += 1
        let request: JSONValue = [
            "jsonrpc": "2.0", "id": .integer(lastID), "method": .string(method), "params": parameters,
        ]
        command.write(request.encoded + [0x0A])
        return lastID
    }

    func notify(_ method: String, _ parameters: JSONValue) {
        let notification: JSONValue = ["jsonrpc": "2.0", "method": .string(method), "params": parameters]
        command.write(notification.encoded + [0x0A])
    }

    /// Whether it was answered by now.
    func hasAnswer(_ id: Int64) throws -> Bool {
        try read()
        return answers[id] != nil
    }

    func answer(_ id: Int64) async throws -> JSONValue {
        try await eventually(within: .seconds(60), "an answer", seen: { command.outputTranscript.tail }) {
            try read()
            return answers[id] != nil
        }
        return answers.removeValue(forKey: id) ?? .null
    }

    /// The whole answer.
    func ask(_ method: String, _ parameters: JSONValue = [:]) async throws -> JSONValue {
        try await answer(send(method, parameters))
    }

    /// The result; an error is thrown.
    func call(_ method: String, _ parameters: JSONValue = [:]) async throws -> JSONValue {
        let answer = try await ask(method, parameters)
        guard let result = answer["result"] else {
            throw TestKitError.missing("a result of \(method)", advice: answer.text)
        }
        return result
    }

    /// The code of an error.
    func code(_ method: String, _ parameters: JSONValue = [:]) async throws -> String {
        try await ask(method, parameters)["error"]?["data"]?["code"]?.string ?? "no error"
    }

    /// Waits for a notification.
    func notification(_ what: String, where isWanted: (JSONValue) -> Bool) async throws -> JSONValue {
        var found: JSONValue?
        try await eventually(what, seen: { command.outputTranscript.tail }) {
            try read()
            found = notifications.first(where: isWanted)
            return found != nil
        }
        return found ?? .null
    }

    func finishInput() { command.finishInput() }

    private func read() throws {
        let bytes = command.outputTranscript.bytes
        while let end = bytes[offset...].firstIndex(of: 0x0A) {
            let message = try JSONValue(parsing: Array(bytes[offset..<end]), limits: JSONLimits(bytes: 1 << 24))
            if let id = message["id"]?.integer { answers[id] = message } else { notifications.append(message) }
            offset = end + 1
        }
    }
}
