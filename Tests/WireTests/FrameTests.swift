import SessionModel
import Testing
import Wire

@Suite("Frames")
struct FrameTests {
    @Test("come out one by one, however the bytes trickle in", arguments: [1, 2, 5, 7, 64, 100_000])
    func trickle(_ step: Int) throws {
        let messages = Samples.hostMessages.map(\.value)
        let stream = messages.flatMap(\.encoded)
        var decoder = FrameDecoder(bodyLimit: HostMessage.bodyLimit)
        var received: [HostMessage] = []
        for start in stride(from: 0, to: stream.count, by: step) {
            decoder.append(stream[start..<min(start + step, stream.count)])
            while let frame = try decoder.next() { received.append(try HostMessage(decoding: frame)) }
        }
        #expect(received == messages)
        #expect(try decoder.next() == nil)
    }

    @Test("keep their bodies while the decoder goes on")
    func bodies() throws {
        var decoder = FrameDecoder(bodyLimit: 16)
        decoder.append(frame(7, [1, 2, 3]))
        let first = try decoder.next()
        decoder.append(frame(8, [4, 5, 6]))
        let second = try decoder.next()
        #expect(first == Frame(kind: 7, body: [1, 2, 3]))
        #expect(second == Frame(kind: 8, body: [4, 5, 6]))
    }

    @Test("of the limit pass, and are refused by their header alone when they are longer")
    func hostileLengths() throws {
        var decoder = FrameDecoder(bodyLimit: 3)
        decoder.append(frame(1, [1, 2, 3]))
        #expect(try decoder.next()?.body == [1, 2, 3])
        decoder.append([0, 0, 0, 4])
        #expect(try decoder.next() == nil, "the header is not whole")
        decoder.append([9])
        #expect(throws: WireError.frameTooLong(4)) { try decoder.next() }
        #expect(throws: WireError.frameTooLong(4), "and it stays so") { try decoder.next() }

        var other = FrameDecoder(bodyLimit: HostMessage.bodyLimit)
        other.append([0xFF, 0xFF, 0xFF, 0xFF, 0xFF])
        #expect(throws: WireError.frameTooLong(0xFFFF_FFFF)) { try other.next() }
    }

    @Test("without a body are frames")
    func empty() throws {
        var decoder = FrameDecoder(bodyLimit: 0)
        decoder.append([0, 0, 0, 0, 5, 0, 0, 0, 0, 6])
        #expect(try decoder.next() == Frame(kind: 5, body: []))
        #expect(try decoder.next() == Frame(kind: 6, body: []))
        #expect(try decoder.next() == nil)
    }

    @Test(
        "of a kind that nobody knows are said to be so, whatever is in them",
        arguments: [0, 30, 39, 99, 255] as [UInt8])
    func unknown(_ kind: UInt8) {
        let frame = Frame(kind: kind, body: [])
        #expect(throws: WireError.unknownKind(kind)) { try FrontEndMessage(decoding: frame) }
        if kind > 28 || kind == 0 {
            #expect(throws: WireError.unknownKind(kind)) { try HostMessage(decoding: frame) }
        }
    }

    private func frame(_ kind: UInt8, _ body: [UInt8]) -> [UInt8] { Frame.bytes(kind: kind) { $0.putRaw(body) } }
}
