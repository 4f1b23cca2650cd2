/// Numbers of the SSH File Transfer Protocol, version 3 (draft-ietf-secsh-filexfer-02).
enum SFTP {
    static let version: UInt32 = 3
    /// Bytes of a packet, its length aside; of what a client may ask to read in one.
    static let packetLimit = 256 * 1_024 + 1_024
    static let readLimit = 255 * 1_024

    enum Request: UInt8 {
        case initialize = 1
        case open = 3
        case close = 4
        case read = 5
        case write = 6
        case lstat = 7
        case fstat = 8
        case setstat = 9
        case fsetstat = 10
        case opendir = 11
        case readdir = 12
        case remove = 13
        case mkdir = 14
        case rmdir = 15
        case realpath = 16
        case stat = 17
        case rename = 18
        case readlink = 19
        case symlink = 20
        case extended = 200
    }

    enum Reply: UInt8 {
        case version = 2
        case status = 101
        case handle = 102
        case data = 103
        case name = 104
        case attributes = 105
        case extended = 201
    }

    enum Status: UInt32 {
        case ok = 0
        case endOfFile = 1
        case noSuchFile = 2
        case permissionDenied = 3
        case failure = 4
        case badMessage = 5
        case unsupported = 8
    }

    enum OpenFlag {
        static let read: UInt32 = 1
        static let write: UInt32 = 2
        static let append: UInt32 = 4
        static let create: UInt32 = 8
        static let truncate: UInt32 = 16
        static let exclusive: UInt32 = 32
    }

    enum AttributeFlag {
        static let size: UInt32 = 1
        static let owner: UInt32 = 2
        static let permissions: UInt32 = 4
        static let times: UInt32 = 8
        static let extended: UInt32 = 0x8000_0000
    }
}

/// A packet that ends too early, or says what it can not.
struct SFTPMalformed: Error {}

/// Reads a packet. What it gives out points into the packet.
struct SFTPReader {
    private var rest: UnsafeRawBufferPointer

    init(_ bytes: UnsafeRawBufferPointer) { rest = bytes }

    mutating func number<Number: FixedWidthInteger>(_ type: Number.Type = Number.self) throws(SFTPMalformed) -> Number {
        let size = MemoryLayout<Number>.size
        guard rest.count >= size else { throw SFTPMalformed() }
        let value = rest.loadUnaligned(as: Number.self)
        rest = UnsafeRawBufferPointer(rebasing: rest[size...])
        return Number(bigEndian: value)
    }

    mutating func chunk() throws(SFTPMalformed) -> UnsafeRawBufferPointer {
        let count = Int(try number(UInt32.self))
        guard count <= rest.count else { throw SFTPMalformed() }
        let chunk = UnsafeRawBufferPointer(rebasing: rest[..<count])
        rest = UnsafeRawBufferPointer(rebasing: rest[count...])
        return chunk
    }

    /// A name that the kernel can take.
    mutating func path() throws(SFTPMalformed) -> FilePathBytes {
        let bytes = Array(try chunk())
        guard !bytes.contains(0) else { throw SFTPMalformed() }
        return FilePathBytes(bytes)
    }

    mutating func attributes() throws(SFTPMalformed) -> FileAttributes {
        var attributes = FileAttributes()
        let flags = try number(UInt32.self)
        if flags & SFTP.AttributeFlag.size != 0 { attributes.size = try number(UInt64.self) }
        if flags & SFTP.AttributeFlag.owner != 0 {
            attributes.owner = (user: try number(UInt32.self), group: try number(UInt32.self))
        }
        if flags & SFTP.AttributeFlag.permissions != 0 { attributes.mode = try number(UInt32.self) }
        if flags & SFTP.AttributeFlag.times != 0 {
            attributes.times = (accessed: try number(UInt32.self), modified: try number(UInt32.self))
        }
        if flags & SFTP.AttributeFlag.extended != 0 {
            let count = try number(UInt32.self)
            for _ in 0..<count {
                _ = try chunk()
                _ = try chunk()
            }
        }
        return attributes
    }
}

/// Writes packets behind each other.
///
/// Into memory that is not set to anything first: a client asks for a quarter of a megabyte of the smallest file.
struct SFTPWriter: ~Copyable {
    private var room = UnsafeMutableRawBufferPointer.allocate(byteCount: 2 * SFTP.packetLimit, alignment: 16)
    private(set) var count = 0

    deinit { room.deallocate() }

    /// All packets. They are good until the next is written.
    var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: room[..<count]) }

    mutating func packet(_ reply: SFTP.Reply, _ id: UInt32?, _ write: (inout SFTPWriter) -> Void) {
        let start = count
        put(UInt32(0))
        put(reply.rawValue)
        if let id { put(id) }
        write(&self)
        setLength(at: start)
    }

    /// A data packet of at most `limit` bytes, which `fill` puts there; nothing where it answers none.
    mutating func data(_ id: UInt32, limit: Int, _ fill: (UnsafeMutableRawBufferPointer) -> Int) -> Int {
        let start = count
        put(UInt32(0))
        put(SFTP.Reply.data.rawValue)
        put(id)
        put(UInt32(0))
        reserve(limit)
        let filled = fill(UnsafeMutableRawBufferPointer(rebasing: room[count..<(count + limit)]))
        guard filled > 0 else {
            count = start
            return filled
        }
        setNumber(UInt32(filled), at: count - 4)
        count += filled
        setLength(at: start)
        return filled
    }

    mutating func put(_ number: some FixedWidthInteger) {
        withUnsafeBytes(of: number.bigEndian) { append($0) }
    }

    mutating func put(_ chunk: [UInt8]) {
        put(UInt32(chunk.count))
        chunk.withUnsafeBytes { append($0) }
    }

    mutating func put(_ text: String) { put(Array(text.utf8)) }

    mutating func clear() { count = 0 }

    private mutating func append(_ bytes: UnsafeRawBufferPointer) {
        reserve(bytes.count)
        UnsafeMutableRawBufferPointer(rebasing: room[count...]).copyMemory(from: bytes)
        count += bytes.count
    }

    private mutating func reserve(_ more: Int) {
        guard count + more > room.count else { return }
        let wider = UnsafeMutableRawBufferPointer.allocate(byteCount: 2 * (count + more), alignment: 16)
        wider.copyMemory(from: bytes)
        room.deallocate()
        room = wider
    }

    private func setLength(at start: Int) { setNumber(UInt32(count - start - 4), at: start) }

    private func setNumber(_ number: UInt32, at place: Int) {
        room.storeBytes(of: number.bigEndian, toByteOffset: place, as: UInt32.self)
    }
}
