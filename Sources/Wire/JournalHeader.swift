package import SessionModel

/// The first bytes of a journal segment: what it is, whose, and where it stands. Format: `Formats/journal.md`.
package struct JournalHeader: Hashable, Sendable {
    package static let magic: [UInt8] = Array("cmdop journal\n".utf8)
    /// What is written today; every version from 1 on is read.
    package static let version: UInt16 = 5
    /// Bytes of a header at most: that of a session whose name has 63.
    package static let lengthLimit = 105

    package var version: UInt16
    package var session: SessionName
    package var segment: UInt32
    /// The number of the segment's first entry. It is here so that a segment without entries loses no count.
    package var firstNumber: EventNumber
    /// The newest turn that earlier segments recorded.
    package var lastTurn: TurnNumber

    package init(
        version: UInt16 = Self.version, session: SessionName, segment: UInt32, firstNumber: EventNumber,
        lastTurn: TurnNumber
    ) {
        self.version = version
        self.session = session
        self.segment = segment
        self.firstNumber = firstNumber
        self.lastTurn = lastTurn
    }

    package var encoded: [UInt8] {
        var writer = ByteWriter(reserving: Self.lengthLimit)
        writer.putRaw(checkedBytes)
        writer.put(checksum)
        return writer.bytes
    }

    private var checksum: UInt32 { Checksum.crc32(of: checkedBytes[...]) }

    /// What the checksum is of.
    private var checkedBytes: [UInt8] {
        var writer = ByteWriter(reserving: Self.lengthLimit)
        writer.putRaw(Self.magic)
        writer.put(version)
        writer.put(session.text)
        writer.put(segment)
        writer.put(firstNumber.rawValue)
        writer.put(lastTurn.rawValue)
        return writer.bytes
    }

    package init(decoding reader: inout ByteReader) throws(WireError) {
        guard Array(try reader.raw(Self.magic.count)) == Self.magic else { throw .invalid("journal magic") }
        version = try reader.number(UInt16.self)
        guard (1...Self.version).contains(version) else { throw .unsupportedVersion(version) }
        guard let session = SessionName(try reader.text()) else { throw .invalid("session name") }
        self.session = session
        segment = try reader.number()
        firstNumber = EventNumber(rawValue: try reader.number())
        lastTurn = TurnNumber(rawValue: try reader.number())
        guard try reader.number() == checksum else { throw .badChecksum }
        // Half of what there is leaves room to count on from.
        guard (1...UInt64.max / 2).contains(firstNumber.rawValue) else { throw .invalid("event number") }
    }
}
