/// Appends numbers, texts and lists in wire order: big-endian, lengths first.
package struct ByteWriter: Sendable {
    package private(set) var bytes: [UInt8]

    package init(reserving capacity: Int = 0) {
        bytes = []
        bytes.reserveCapacity(capacity)
    }

    package mutating func put(_ value: some FixedWidthInteger & UnsignedInteger) {
        var shift = value.bitWidth
        while shift > 0 {
            shift -= 8
            bytes.append(UInt8(truncatingIfNeeded: value >> shift))
        }
    }

    package mutating func put(_ value: Bool) { bytes.append(value ? 1 : 0) }

    /// A text of at most 65,535 bytes; longer ones are cut at a character.
    package mutating func put(_ text: String) {
        var text = Substring(text)
        while text.utf8.count > Int(UInt16.max) { text = text.dropLast() }
        put(UInt16(text.utf8.count))
        bytes.append(contentsOf: text.utf8)
    }

    package mutating func put(_ chunk: some Collection<UInt8>) {
        put(UInt32(chunk.count))
        bytes.append(contentsOf: chunk)
    }

    package mutating func putRaw(_ chunk: some Collection<UInt8>) { bytes.append(contentsOf: chunk) }

    /// Whole milliseconds; what is below 0 or above ``ByteReader/durationLimit`` is cut to it.
    package mutating func put(_ duration: Duration) {
        let (seconds, attoseconds) = min(max(duration, .zero), .milliseconds(ByteReader.durationLimit)).components
        put(UInt64(seconds * 1_000 + attoseconds / 1_000_000_000_000_000))
    }

    package mutating func put<Value>(_ value: Value?, _ write: (inout ByteWriter, Value) -> Void) {
        put(value != nil)
        if let value { write(&self, value) }
    }

    package mutating func put<Element>(_ list: [Element], _ write: (inout ByteWriter, Element) -> Void) {
        put(UInt32(list.count))
        for element in list { write(&self, element) }
    }
}

/// Reads what ``ByteWriter`` wrote. Lengths are checked against what is there before anything is allocated.
package struct ByteReader: Sendable {
    /// Milliseconds, about 292 million years; arithmetic on it is safe.
    package static let durationLimit = Int64.max / 1_000

    private let bytes: ArraySlice<UInt8>
    private var position: Int

    package init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
        position = bytes.startIndex
    }

    package init(_ bytes: [UInt8]) { self.init(bytes[...]) }

    package var remaining: Int { bytes.endIndex - position }

    package mutating func number<Value: FixedWidthInteger & UnsignedInteger>(
        _ type: Value.Type = Value.self
    ) throws(WireError) -> Value {
        let width = Value.bitWidth / 8
        guard remaining >= width else { throw .truncated }
        var value: Value = 0
        for _ in 0..<width {
            value = (width == 1 ? 0 : value << 8) | Value(bytes[position])
            position += 1
        }
        return value
    }

    package mutating func flag() throws(WireError) -> Bool {
        switch try number(UInt8.self) {
        case 0: return false
        case 1: return true
        default: throw .invalid("flag")
        }
    }

    package mutating func raw(_ count: Int) throws(WireError) -> ArraySlice<UInt8> {
        guard count >= 0, remaining >= count else { throw .truncated }
        defer { position += count }
        return bytes[position..<position + count]
    }

    package mutating func text() throws(WireError) -> String {
        let count = Int(try number(UInt16.self))
        guard let text = String(validating: try raw(count), as: UTF8.self) else { throw .invalid("text") }
        return text
    }

    package mutating func chunk() throws(WireError) -> ArraySlice<UInt8> {
        let count = Int(try number(UInt32.self))
        return try raw(count)
    }

    package mutating func duration() throws(WireError) -> Duration {
        let milliseconds = try number(UInt64.self)
        guard milliseconds <= UInt64(Self.durationLimit) else { throw .invalid("duration") }
        return .milliseconds(Int64(milliseconds))
    }

    package mutating func optional<Value>(
        _ read: (inout ByteReader) throws(WireError) -> Value
    ) throws(WireError) -> Value? {
        try flag() ? try read(&self) : nil
    }

    package mutating func list<Element>(
        _ read: (inout ByteReader) throws(WireError) -> Element
    ) throws(WireError) -> [Element] {
        let count = Int(try number(UInt32.self))
        guard count <= remaining else { throw .truncated }
        var list: [Element] = []
        for _ in 0..<count { list.append(try read(&self)) }
        return list
    }

    package func finish() throws(WireError) {
        guard remaining == 0 else { throw .trailingBytes(remaining) }
    }
}
