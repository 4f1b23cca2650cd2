import Wire

/// One of our formats, as far as tests of all of them are concerned.
struct Coding<Value: Hashable & Sendable>: Sendable {
    let encode: @Sendable (Value) -> [UInt8]
    /// Takes all the bytes, or says what is wrong with them.
    let decode: @Sendable ([UInt8]) throws(WireError) -> Value
    /// How many bytes the part before the body has, which says how long the body is.
    var prefixLength = 0
    /// Makes that part true again for a body that was changed.
    var seal: @Sendable ([UInt8]) -> [UInt8] = { $0 }
}

/// Both kinds of frames through a decoder, as they come over a socket; a missing byte is ``WireError/truncated``.
private func onlyFrame(_ bytes: [UInt8], limit: Int) throws(WireError) -> Frame {
    var decoder = FrameDecoder(bodyLimit: limit)
    decoder.append(bytes)
    guard let frame = try decoder.next() else { throw .truncated }
    let rest = bytes.count - Frame.headerLength - frame.body.count
    guard rest == 0 else { throw .trailingBytes(rest) }
    return frame
}

private func sealFrame(_ bytes: [UInt8]) -> [UInt8] {
    guard bytes.count >= Frame.headerLength else { return bytes }
    return Frame.bytes(kind: bytes[Frame.headerLength - 1]) { $0.putRaw(bytes[Frame.headerLength...]) }
}

private func sealEntry(_ bytes: [UInt8]) -> [UInt8] {
    guard bytes.count >= JournalEntry.headerLength else { return bytes }
    let body = bytes[JournalEntry.headerLength...]
    var sealed = ByteWriter()
    sealed.put(UInt32(body.count))
    sealed.put(Checksum.crc32(of: body))
    sealed.putRaw(body)
    return sealed.bytes
}

extension Coding where Value == FrontEndMessage {
    static var frontEndMessage: Self {
        Coding(
            encode: { $0.encoded },
            decode: { (bytes) throws(WireError) in
                try FrontEndMessage(decoding: onlyFrame(bytes, limit: FrontEndMessage.bodyLimit))
            }, prefixLength: Frame.headerLength, seal: sealFrame)
    }
}

extension Coding where Value == HostMessage {
    static var hostMessage: Self {
        Coding(
            encode: { $0.encoded },
            decode: { (bytes) throws(WireError) in
                try HostMessage(decoding: onlyFrame(bytes, limit: HostMessage.bodyLimit))
            }, prefixLength: Frame.headerLength, seal: sealFrame)
    }
}

extension Coding where Value == LocalMessage {
    static var localMessage: Self {
        Coding(
            encode: { $0.encoded },
            decode: { (bytes) throws(WireError) in
                try LocalMessage(decoding: onlyFrame(bytes, limit: LocalMessage.bodyLimit))
            }, prefixLength: Frame.headerLength, seal: sealFrame)
    }
}

extension Coding where Value == LaunchPlan {
    static var launchPlan: Self {
        Coding(encode: { $0.encoded }, decode: { (bytes) throws(WireError) in try LaunchPlan(decoding: bytes) })
    }
}

extension Coding where Value == JournalEntry {
    static var journalEntry: Self {
        Coding(
            encode: { $0.encoded },
            decode: { (bytes) throws(WireError) in
                var reader = ByteReader(bytes)
                guard let entry = try JournalEntry(decoding: &reader) else { throw .truncated }
                try reader.finish()
                return entry
            }, prefixLength: JournalEntry.headerLength, seal: sealEntry)
    }
}

extension Coding where Value == JournalHeader {
    static var journalHeader: Self {
        Coding(
            encode: { $0.encoded },
            decode: { (bytes) throws(WireError) in
                var reader = ByteReader(bytes)
                let header = try JournalHeader(decoding: &reader)
                try reader.finish()
                return header
            })
    }
}

extension Coding where Value == PreparationReport {
    static var preparationReport: Self {
        Coding(encode: { $0.encoded }, decode: { (bytes) throws(WireError) in try PreparationReport(decoding: bytes) })
    }
}

extension Coding where Value == SocketAnswer {
    static var socketAnswer: Self {
        Coding(encode: { $0.encoded }, decode: { (bytes) throws(WireError) in try SocketAnswer(decoding: bytes) })
    }
}
