import Environment
import Platform
import SystemPackage

/// Makes the container that a session runs in, in the session's own terminal; or, told `end`, stops it. Told `remove`,
/// it takes away what is left of a session that ended.
///
/// To make or stop one it inherits two descriptors: 3 the order, 4 the socket on which the host hears of the place.
/// Format: `Wire/Formats/prepared.md`.
package enum PreparationProgram {
    private static let orderLimit = 1_024 * 1_024

    /// - Returns: the exit status of the program.
    package static func run(_ arguments: [String]) -> Int32 {
        if let removal = SessionRemoval(arguments) { return removal.run() }
        do {
            let order = try ContainerOrder(decoding: readOrder())
            let log = try PreparationLog(stateDirectory: order.stateDirectory)
            let podman = try Podman(log: log, runtimeDirectory: order.runtimeDirectory)
            if arguments.last == "end" {
                try ContainerEnding(order: order, podman: podman).run()
                return 0
            }
            var preparation = ContainerPreparation(order: order, podman: podman)
            return try preparation.run()
        } catch let failure as PreparationFailure {
            PreparationLog.print("cmdop: \(failure.sentence)")
            return 1
        } catch {
            PreparationLog.print("cmdop: cmdop-host starts this program; it has no use by hand (\(error))")
            return 64
        }
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
