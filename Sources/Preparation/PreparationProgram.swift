import Environment
import Platform
import SystemPackage
import Wire

/// Makes the container that a session runs in, in the session's own terminal; or, told `end`, stops it. Told `remove`,
/// it takes away what is left of a session that ended; `hold` and `release` are steps of its own (``HeldPaths``).
///
/// To make or stop one it inherits two descriptors: 3 the order, 4 the socket on which the host hears of the place.
/// Format: `Wire/Formats/prepared.md`.
package enum PreparationProgram {
    private static let orderLimit = 1_024 * 1_024

    /// - Returns: the exit status of the program.
    package static func run(_ arguments: [String]) -> Int32 {
        if let removal = SessionRemoval(arguments) { return removal.run() }
        if let status = HeldPathsProgram.run(arguments) { return status }
        let order: ContainerOrder
        do {
            order = try ContainerOrder(decoding: readOrder())
        } catch {
            PreparationLog.print("cmdop: cmdop-host starts this program; it has no use by hand (\(error))")
            return 64
        }
        return run(order, isEnd: arguments.last == "end")
    }

    private static func run(_ order: ContainerOrder, isEnd: Bool) -> Int32 {
        var log: PreparationLog?
        do {
            let opened = try PreparationLog(stateDirectory: order.stateDirectory)
            log = opened
            let podman = try Podman(log: opened, runtimeDirectory: order.runtimeDirectory)
            guard !isEnd else {
                try ContainerEnding(order: order, podman: podman).run()
                return 0
            }
            var preparation = ContainerPreparation(order: order, podman: podman)
            return try preparation.run()
        } catch {
            let sentence = (error as? PreparationFailure)?.sentence ?? "\(error)"
            if log == nil { PreparationLog.print("cmdop: \(sentence)") }
            let shown = log?.fail(sentence) ?? sentence
            if !isEnd { tellHost(shown) }
            return 1
        }
    }

    /// For those who do not see the terminal.
    private static func tellHost(_ sentence: String) {
        let report = PreparationReport.failed(sentence: String(sentence.prefix(4_096))).encoded
        _ = report.withUnsafeBytes { try? FileDescriptor(rawValue: 4).sendAvailable($0) }
    }

    private static func readOrder() throws -> [UInt8] {
        let descriptor = OwnedDescriptor(taking: FileDescriptor(rawValue: 3))
        var bytes: [UInt8] = []
        var room = [UInt8](repeating: 0, count: 64 * 1_024)
        while bytes.count < orderLimit {
            let outcome = try room.withUnsafeMutableBytes { try descriptor.borrowed.readAvailable(into: $0) }
            guard case .completed(let count) = outcome else { break }
            bytes += room[..<count]
        }
        return bytes
    }
}

/// Why there is no container; what the operator reads.
struct PreparationFailure: Error {
    let sentence: String

    init(_ sentence: String) { self.sentence = sentence }
}
