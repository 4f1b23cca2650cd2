import Platform
import SystemPackage
import Testing

@Suite("An owned descriptor")
struct OwnedDescriptorTests {
    @Test("is closed when its owner drops it")
    func dropped() throws {
        let (reader, writer) = try FileDescriptor.pipe()
        do {
            let owned = OwnedDescriptor(taking: writer)
            try owned.borrowed.writeAll([7])
        }
        #expect(try readOnce(reader) == .completed(1))
        #expect(try readOnce(reader) == .endOfStream, "the only writer was dropped")
        try reader.close()
    }

    @Test("is closed once by close()")
    func closed() throws {
        let (reader, writer) = try FileDescriptor.pipe()
        let owned = OwnedDescriptor(taking: writer)
        try owned.close()
        #expect(try readOnce(reader) == .endOfStream)
        try reader.close()
    }

    @Test("stays open when it was handed on")
    func released() throws {
        let (reader, writer) = try FileDescriptor.pipe()
        let handed = OwnedDescriptor(taking: writer).release()
        #expect(handed == writer)
        try handed.writeAll([7])
        #expect(try readOnce(reader) == .completed(1))
        try handed.close()
        try reader.close()
    }
}

@Suite("Reading and writing what is there")
struct AvailableTests {
    @Test("tells bytes, nothing yet and the end apart")
    func reading() throws {
        let (reader, writer) = try FileDescriptor.pipe()
        try reader.setNonBlocking()
        #expect(try readOnce(reader) == .wouldBlock)
        try writer.writeAll([1, 2, 3])
        #expect(try readOnce(reader) == .completed(3))
        try writer.close()
        #expect(try readOnce(reader) == .endOfStream)
        try reader.close()
    }

    @Test("takes what fits and says when nothing does")
    func writing() throws {
        let (reader, writer) = try FileDescriptor.pipe()
        try writer.setNonBlocking()
        let block = [UInt8](repeating: 0, count: 1_000_000)
        guard case .completed(let taken) = try block.withUnsafeBytes({ try writer.writeAvailable($0) }) else {
            Issue.record("an empty pipe takes something")
            return
        }
        #expect(taken > 0 && taken < block.count)
        #expect(try block.withUnsafeBytes { try writer.writeAvailable($0) } == .wouldBlock)
        try reader.close()
        try writer.close()
    }

    @Test("calls a terminal ended when its programs have closed it, though the kernel says EIO")
    func terminal() throws {
        let controller = try PtyController.open(columns: 80, rows: 24).takeController()
        #expect(try readOnce(controller.descriptor.borrowed) == .endOfStream)
    }
}

private func readOnce(_ descriptor: FileDescriptor) throws -> IOOutcome<Int> {
    try withUnsafeTemporaryAllocation(byteCount: 16, alignment: 1) { try descriptor.readAvailable(into: $0) }
}
