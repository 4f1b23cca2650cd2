import Platform
import SystemPackage

/// A descriptor that several hold: a terminal is read and written. Closed when the last lets go.
final class SharedDescriptor {
    private let descriptor: OwnedDescriptor
    init(taking descriptor: FileDescriptor) { self.descriptor = OwnedDescriptor(taking: descriptor) }
    var borrowed: FileDescriptor { descriptor.borrowed }
}

/// What a program prints, on its way to a channel: read only as fast as the channel takes it.
final class StreamReader {
    private static let bufferLimit = 128 * 1_024

    private var source: SharedDescriptor?
    private let loop: EventLoop
    private let write: (ArraySlice<UInt8>) -> Int
    private let ended: () -> Void
    private var buffer: [UInt8] = []
    private var hasEnded = false
    private var duplicate: OwnedDescriptor?

    /// - Parameters:
    ///   - write: takes bytes, and says how many it took.
    ///   - ended: called once, when everything was read and written.
    init(
        _ source: SharedDescriptor, on loop: EventLoop, write: @escaping (ArraySlice<UInt8>) -> Int,
        ended: @escaping () -> Void
    ) {
        self.source = source
        self.loop = loop
        self.write = write
        self.ended = ended
        // A terminal's descriptor is watched twice, here to read and by the writer to write: each needs its own.
        guard let copy = try? source.borrowed.duplicate() else {
            endOfStream()
            return
        }
        let own = OwnedDescriptor(taking: copy)
        let fd = own.borrowed
        duplicate = consume own
        try? loop.watch(fd, for: .readable) { [weak self] _ in self?.read() }
    }

    var isOver: Bool { hasEnded && buffer.isEmpty }

    private func read() {
        guard let fd = duplicate?.borrowed, buffer.count < Self.bufferLimit else { return }
        let outcome = try? fd.readAvailable(appendingTo: &buffer)
        switch outcome {
        case .completed: flush()
        case .wouldBlock: break
        case .endOfStream, nil: endOfStream()
        }
    }

    /// Reads to the end of what is there now, and takes that for the end.
    func finishWithWhatIsThere() {
        guard let fd = duplicate?.borrowed, !hasEnded else { return }
        reading: while buffer.count < 1_024 * 1_024 {
            let outcome = try? fd.readAvailable(appendingTo: &buffer)
            guard case .completed = outcome else { break reading }
        }
        hasEnded = true
        stopWatching()
        flush()
    }

    func flush() {
        guard !buffer.isEmpty else { return }
        let taken = write(buffer[...])
        if taken == buffer.count { buffer.removeAll(keepingCapacity: true) } else { buffer.removeFirst(taken) }
        if let fd = duplicate?.borrowed, !hasEnded {
            loop.rewatch(fd, for: buffer.count < Self.bufferLimit ? .readable : [])
        }
        if hasEnded, buffer.isEmpty { ended() }
    }

    private func endOfStream() {
        guard !hasEnded else { return }
        hasEnded = true
        stopWatching()
        if buffer.isEmpty { ended() }
    }

    private func stopWatching() {
        if let fd = duplicate?.borrowed { loop.unwatch(fd) }
        duplicate = nil
        source = nil
    }

    func close() {
        hasEnded = true
        buffer = []
        stopWatching()
    }
}
