private import Glibc
import Platform
private import Synchronization
import SystemPackage

/// Reads a descriptor to its end into a transcript, and writes what it is given as fast as it is taken.
final class Pump: Sendable {
    private struct Outbound {
        var bytes: ArraySlice<UInt8> = []
        var closesWhenEmpty = false
        var isClosed = false
    }

    let transcript = Transcript()
    private let loop: EventLoop
    private let descriptor: FileDescriptor
    private let reads: Bool
    private let outbound = Mutex(Outbound())

    /// Takes the descriptor, which is closed by ``close()``, or by ``finishWriting()`` where nothing is read.
    init(taking descriptor: FileDescriptor, reads: Bool) throws {
        guard let thread = LoopThread.shared else {
            throw TestKitError.missing("an event loop", advice: "this process has no descriptor left")
        }
        loop = thread.loop
        self.descriptor = descriptor
        self.reads = reads
        // A write to a program that has gone is an error to be read, not this process's end.
        _ = signal(SIGPIPE, SIG_IGN)
        try descriptor.setNonBlocking()
        loop.submit { self.begin() }
    }

    /// Queues bytes; never blocks.
    func write(_ bytes: [UInt8]) {
        outbound.withLock { $0.bytes += bytes }
        loop.submit { self.flush() }
    }

    /// Closes the descriptor once everything queued was written.
    func finishWriting() {
        outbound.withLock { $0.closesWhenEmpty = true }
        loop.submit { self.flush() }
    }

    /// Closes the descriptor whatever is queued.
    func close() { loop.submit { self.shut() } }

    private func begin() {
        guard !outbound.withLock({ $0.isClosed }) else { return }
        do {
            try loop.watch(descriptor, for: reads ? .readable : []) { self.handle($0) }
        } catch {
            shut()
        }
    }

    private func handle(_ readiness: EventLoop.Readiness) {
        if reads {
            guard readAll() else { return shut() }
        } else if !readiness.isDisjoint(with: .hangup) {
            return shut()
        }
        if readiness.contains(.writable) { flush() }
    }

    /// Reads what is there; false at the end of the stream.
    private func readAll() -> Bool {
        withUnsafeTemporaryAllocation(byteCount: 65_536, alignment: 16) { buffer in
            guard let outcome = try? descriptor.readAvailable(into: buffer) else { return false }
            switch outcome {
            case .completed(let count):
                transcript.append(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
                return true
            case .wouldBlock: return true
            case .endOfStream: return false
            }
        }
    }

    private func flush() {
        let isDone: Bool? = outbound.withLock { outbound in
            guard !outbound.isClosed else { return nil }
            while !outbound.bytes.isEmpty {
                let piece = Array(outbound.bytes.prefix(65_536))
                let outcome = piece.withUnsafeBytes { try? descriptor.writeAvailable($0) }
                guard case .completed(let count) = outcome else { return outcome == nil }
                outbound.bytes = outbound.bytes.dropFirst(count)
            }
            return outbound.closesWhenEmpty
        }
        guard let isDone else { return }
        if isDone { return shut() }
        let isEmpty = outbound.withLock { $0.bytes.isEmpty }
        let interest: EventLoop.Readiness = reads ? .readable : []
        loop.rewatch(descriptor, for: isEmpty ? interest : interest.union(.writable))
    }

    private func shut() {
        let wasOpen = outbound.withLock { outbound in
            defer { outbound.isClosed = true }
            return !outbound.isClosed
        }
        guard wasOpen else { return }
        loop.unwatch(descriptor)
        try? descriptor.close()
        transcript.end()
    }
}
