import Platform
import SystemPackage
import TestKit
import Testing

@Suite("A watched descriptor")
struct EventLoopWatchTests {
    private let thread: LoopThread

    init() throws { thread = try LoopThread() }

    @Test("has its handler called while it is readable, and not after the watch has ended")
    func watch() async throws {
        let loop = thread.loop
        let (reader, writer) = try FileDescriptor.pipe()
        let seen = Notes<UInt8>()
        try await thread.run {
            try loop.watch(reader, for: .readable) { _ in
                withUnsafeTemporaryAllocation(byteCount: 1, alignment: 1) { buffer in
                    guard case .completed(1) = try? reader.readAvailable(into: buffer) else { return }
                    seen.add(buffer[0])
                }
            }
        }
        try writer.writeAll([1, 2, 3])
        try await eventually("three bytes, one a call") { seen.all == [1, 2, 3] }
        await thread.run {
            loop.unwatch(reader)
            loop.unwatch(reader)
        }
        try writer.writeAll([4])
        await thread.run {}
        #expect(seen.all == [1, 2, 3])
        try reader.close()
        try writer.close()
    }

    @Test("is reported for what it is watched for now, and its other end's going in any case")
    func rewatch() async throws {
        let loop = thread.loop
        let (reader, writer) = try FileDescriptor.pipe()
        let seen = Notes<EventLoop.Readiness>()
        try await thread.run {
            try loop.watch(writer, for: []) { readiness in
                seen.add(readiness)
                loop.rewatch(writer, for: [])
                if !readiness.isDisjoint(with: .hangup) { loop.unwatch(writer) }
            }
        }
        await thread.run {}
        #expect(seen.all == [])
        await thread.run { loop.rewatch(writer, for: .writable) }
        try await eventually("writable, once") { seen.all == [.writable] }
        try reader.close()
        try await eventually("the reader's going") {
            seen.all.last?.isDisjoint(with: .hangup) == false
        }
        await thread.run { loop.unwatch(writer) }
        try writer.close()
    }

    @Test("that was closed passes no event on to the next descriptor with its number")
    func successor() async throws {
        let loop = thread.loop
        let pipes = try [FileDescriptor.pipe(), FileDescriptor.pipe()]
        let (first, second) = (pipes[0].readEnd, pipes[1].readEnd)
        for pipe in pipes { try pipe.writeEnd.writeAll([1]) }
        let called = Notes<String>()
        let successor = try await thread.run {
            // Both are ready, so both events come in one round. Whichever handler runs first puts another descriptor
            // in the other's place before the other's event is looked at.
            let fresh = try FileDescriptor.pipe()
            @Sendable func replace(_ own: FileDescriptor, _ other: FileDescriptor, _ name: String) {
                called.add(name)
                loop.unwatch(own)
                loop.unwatch(other)
                _ = try? fresh.readEnd.duplicate(as: other)
                try? loop.watch(other, for: .readable) { _ in called.add("successor") }
            }
            try loop.watch(first, for: .readable) { _ in replace(first, second, "first") }
            try loop.watch(second, for: .readable) { _ in replace(second, first, "second") }
            return fresh
        }
        try await eventually("one handler") { !called.all.isEmpty }
        await thread.run {}
        await thread.run {}
        #expect(called.all.count == 1, "nothing was written to the successor")
        try successor.writeEnd.writeAll([1])
        try await eventually("the successor's own event") { called.all.contains("successor") }
        await thread.run {
            loop.unwatch(first)
            loop.unwatch(second)
        }
        for pipe in pipes + [successor] {
            try pipe.readEnd.close()
            try pipe.writeEnd.close()
        }
    }
}
