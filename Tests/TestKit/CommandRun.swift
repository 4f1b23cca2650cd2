private import Foundation
private import Synchronization
private import SystemPackage

/// A program run to its end without a terminal: what it said and how it ended.
package struct CommandRun: Sendable {
    package let status: StartedProgram.ExitStatus
    package let output: [UInt8]
    package let errors: [UInt8]

    package var outputText: String { String(decoding: output, as: UTF8.self) }
    package var errorText: String { String(decoding: errors, as: UTF8.self) }

    /// Runs the program with the bytes as its standard input; ends it and throws when it takes longer than the limit.
    package init(
        _ arguments: [String], input: [UInt8] = [], environment: [String: String] = [:], directory: String? = nil,
        within limit: Duration = patience
    ) async throws {
        let command = try RunningCommand(arguments, environment: environment, directory: directory)
        command.write(input)
        command.finishInput()
        self = try await command.waitForEnd(within: limit)
    }

    init(status: StartedProgram.ExitStatus, output: [UInt8], errors: [UInt8]) {
        self.status = status
        self.output = output
        self.errors = errors
    }

    /// Runs a program that prepares a test, and must succeed.
    @discardableResult
    package static func succeed(_ arguments: [String], directory: String? = nil) async throws -> CommandRun {
        let run = try await CommandRun(arguments, directory: directory)
        guard run.status == .exited(0) else {
            throw TestKitError.commandFailed(
                arguments, status: run.status.description, output: run.outputText + run.errorText)
        }
        return run
    }
}

/// A program that runs without a terminal, its three streams in the test's hands.
package final class RunningCommand: Sendable {
    package let process: StartedProgram
    private let input: Pump
    private let output: Pump
    private let errors: Pump

    package init(_ arguments: [String], environment: [String: String] = [:], directory: String? = nil) throws {
        let surroundings = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        let (inputReader, inputWriter) = try makePipe()
        let (outputReader, outputWriter) = try makePipe()
        let (errorReader, errorWriter) = try makePipe()
        defer { for end in [inputReader, outputWriter, errorWriter] { try? end.close() } }
        process = try StartedProgram(
            arguments, environment: surroundings, directory: directory,
            standard: .descriptors(inputReader.rawValue, outputWriter.rawValue, errorWriter.rawValue))
        input = try Pump(taking: inputWriter, reads: false)
        output = try Pump(taking: outputReader, reads: true)
        errors = try Pump(taking: errorReader, reads: true)
    }

    deinit {
        process.kill(SIGKILL)
        for pump in [input, output, errors] { pump.close() }
    }

    package var outputTranscript: Transcript { output.transcript }
    package var errorTranscript: Transcript { errors.transcript }

    /// Queues bytes for its standard input; never blocks.
    package func write(_ bytes: [UInt8]) { input.write(bytes) }

    /// Ends its standard input once everything queued was written.
    package func finishInput() { input.finishWriting() }

    /// Waits for its end and all its output; ends it and throws when that takes longer than the limit.
    package func waitForEnd(within limit: Duration = patience) async throws -> CommandRun {
        do {
            let status = try await process.waitForExit(within: limit)
            try await eventually(within: limit, "the end of output") {
                output.transcript.hasEnded && errors.transcript.hasEnded
            }
            return CommandRun(status: status, output: output.transcript.bytes, errors: errors.transcript.bytes)
        } catch TestKitError.timedOut(let what, let after, _) {
            process.kill(SIGKILL)
            let seen = output.transcript.tail + errors.transcript.tail
            throw TestKitError.timedOut(waitingFor: what, after: after, seen: seen)
        }
    }
}

private func makePipe() throws -> (reader: FileDescriptor, writer: FileDescriptor) {
    try descriptorsBeingMade.withLock { _ in
        let (reader, writer) = try FileDescriptor.pipe()
        for end in [reader, writer] { _ = fcntl(end.rawValue, F_SETFD, FD_CLOEXEC) }
        return (reader, writer)
    }
}
