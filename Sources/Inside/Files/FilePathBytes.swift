import Glibc

/// A path as the kernel has it: bytes, whatever they mean.
struct FilePathBytes: Hashable {
    let bytes: [UInt8]

    init(_ bytes: [UInt8]) { self.bytes = bytes }
    init(_ text: String) { bytes = Array(text.utf8) }

    /// With the NUL behind it; the empty path is the directory that one is in.
    func withCString<Result>(_ body: (UnsafePointer<CChar>) -> Result) -> Result {
        var room = bytes.isEmpty ? [CChar(bitPattern: UInt8(ascii: "."))] : bytes.map { CChar(bitPattern: $0) }
        room.append(0)
        return room.withUnsafeBufferPointer { buffer in
            guard let base = buffer.baseAddress else { preconditionFailure("a path with its NUL is not empty") }
            return body(base)
        }
    }

    /// Absolute and without links. What the path ends with need not be there, as OpenSSH has it.
    var resolved: FilePathBytes? {
        if let found = real { return found }
        guard errno == ENOENT, !bytes.isEmpty else { return nil }
        let whole = bytes.last == UInt8(ascii: "/") ? Array(bytes.dropLast()) : bytes
        guard let slash = whole.lastIndex(of: UInt8(ascii: "/")) else {
            return FilePathBytes(".").real.map { FilePathBytes($0.bytes + [UInt8(ascii: "/")] + whole) }
        }
        let parent = slash == 0 ? FilePathBytes("/") : FilePathBytes(Array(whole[..<slash]))
        guard let folder = parent.real else { return nil }
        let separator = folder.bytes == [UInt8(ascii: "/")] ? [] : [UInt8(ascii: "/")]
        return FilePathBytes(folder.bytes + separator + whole[(slash + 1)...])
    }

    private var real: FilePathBytes? {
        withCString { path in
            guard let found = realpath(path, nil) else { return nil }
            defer { free(found) }
            return FilePathBytes(
                Array(UnsafeBufferPointer(start: found, count: strlen(found))).map(UInt8.init(bitPattern:)))
        }
    }
}
