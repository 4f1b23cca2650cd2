/// What somebody did to a session's files. Format: `Formats/journal.md`.
package enum FileOperation: UInt8, Hashable, Sendable, CaseIterable {
    case read = 1
    case written = 2
    case removed = 3
    case renamed = 4
    case directoryMade = 5
    case directoryRemoved = 6
    case linked = 7
    case changed = 8
    /// Too many at once to tell each: their number and bytes.
    case several = 9
}

/// One file that was read, written or changed, told when that is done.
package struct FileMove: Hashable, Sendable {
    package var operation: FileOperation
    /// As it was asked for; empty for ``FileOperation/several``.
    package var path: [UInt8]
    /// Of a renaming or a link, the new name.
    package var target: [UInt8]?
    /// Read or written.
    package var bytes: UInt64
    /// 1, but for ``FileOperation/several``.
    package var count: UInt32

    package init(
        _ operation: FileOperation, path: [UInt8], target: [UInt8]? = nil, bytes: UInt64 = 0, count: UInt32 = 1
    ) {
        self.operation = operation
        self.path = path
        self.target = target
        self.bytes = bytes
        self.count = count
    }
}

extension FileMove {
    /// As the program that serves files tells its host.
    package var encoded: [UInt8] {
        var writer = ByteWriter(reserving: 64 + path.count)
        writer.put(self)
        return writer.bytes
    }

    package init(decoding bytes: [UInt8]) throws(WireError) {
        var reader = ByteReader(bytes[...])
        self = try reader.fileMove()
        try reader.finish()
    }
}

extension ByteWriter {
    mutating func put(_ move: FileMove) {
        put(move.operation.rawValue)
        put(move.path)
        put(move.target) { $0.put($1) }
        put(move.bytes)
        put(move.count)
    }
}

extension ByteReader {
    mutating func fileMove() throws(WireError) -> FileMove {
        guard let operation = FileOperation(rawValue: try number()) else { throw .invalid("file operation") }
        return FileMove(
            operation, path: Array(try chunk()),
            target: try optional { (reader) throws(WireError) in Array(try reader.chunk()) }, bytes: try number(),
            count: try number())
    }
}
