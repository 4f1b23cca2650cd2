import Platform
import SystemPackage

/// What a client sends, on its way into a program: as fast as the program reads.
final class StreamWriter {
    private static let bufferLimit = 128 * 1_024

    private var target: SharedDescriptor?
    private let loop: EventLoop
    private let hasRoom: () -> Void
    private var buffer: [UInt8] = []
    private var isWatched = false
    private var closesWhenWritten = false

    /// - Parameter hasRoom: called when a full buffer no longer is.
    init(_ target: SharedDescriptor, on loop: EventLoop, hasRoom: @escaping () -> Void) {
        self.target = target
        self.loop = loop
        self.hasRoom = hasRoom
    }

    var isFull: Bool { buffer.count >= Self.bufferLimit }

    func write(_ bytes: [UInt8]) {
        guard target != nil else { return }
        buffer += bytes
        flush()
    }

    func closeWhenWritten() {
        closesWhenWritten = true
        if buffer.isEmpty { close() }
    }

    private func flush() {
        let wasFull = isFull
        while let fd = target?.borrowed, !buffer.isEmpty {
            let outcome = buffer.withUnsafeBytes { try? fd.writeAvailable($0) }
            guard let outcome else { return close() }  // The program reads no more.
            guard case .completed(let count) = outcome, count > 0 else { break }
            if count == buffer.count { buffer.removeAll(keepingCapacity: true) } else { buffer.removeFirst(count) }
        }
        watch(!buffer.isEmpty)
        if wasFull, !isFull { hasRoom() }
        if buffer.isEmpty, closesWhenWritten { close() }
    }

    private func watch(_ isNeeded: Bool) {
        guard let fd = target?.borrowed, isNeeded != isWatched else { return }
        isWatched = isNeeded
        if isNeeded {
            try? loop.watch(fd, for: .writable) { [weak self] _ in self?.flush() }
        } else {
            loop.unwatch(fd)
        }
    }

    func close() {
        let wasFull = isFull
        buffer = []
        watch(false)
        target = nil
        if wasFull { hasRoom() }
    }
}
