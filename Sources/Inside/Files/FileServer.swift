import Glibc
import Platform
import SystemPackage
import Wire

/// An SFTP server on stdin and stdout, for whoever this process is, where it is.
final class FileServer {
    private static let handleLimit = 1_000

    /// What a client has opened.
    enum Handle {
        case file(OpenFile)
        case directory(OpenDirectory)
    }

    var output = SFTPWriter()
    var report = FileReport()
    lazy var longName = LongName()
    private var handles: [UInt32: Handle] = [:]
    private var lastHandle: UInt32 = 0
    private var input = UnsafeMutableRawBufferPointer.allocate(byteCount: 2 * SFTP.packetLimit, alignment: 16)
    private var start = 0
    private var end = 0

    deinit { input.deallocate() }

    /// Serves until the client closes.
    ///
    /// - Returns: the exit status of the program.
    func run() -> Int32 {
        while true {
            guard flush() else { return 0 }
            guard let count = readMore() else {
                closeAll()
                return 0
            }
            end += count
            while let packet = nextPacket() {
                guard packet.count <= SFTP.packetLimit else {
                    InsideProgram.complain("a packet of \(packet.count) bytes is too long")
                    return 1
                }
                guard packet.count > 0 else {
                    InsideProgram.complain("a packet without a kind")
                    return 1
                }
                answer(packet)
                if output.count > SFTP.packetLimit, !flush() { return 0 }
            }
            guard lengthIsSane else {
                InsideProgram.complain("what comes is no SFTP")
                return 1
            }
        }
    }

    // MARK: Packets

    private func readMore() -> Int? {
        if start > 0 {
            if let base = input.baseAddress { memmove(base, base.advanced(by: start), end - start) }
            (start, end) = (0, end - start)
        }
        while true {
            var waiting = pollfd(fd: 0, events: Int16(POLLIN), revents: 0)
            if report.isWaiting, poll(&waiting, 1, 1_000) == 0 {
                report.passTime()
                continue
            }
            let count = Glibc.read(0, input.baseAddress?.advanced(by: end), input.count - end)
            if count > 0 { return count }
            guard count < 0, errno == EINTR || errno == EAGAIN else { return nil }
            if errno == EAGAIN { _ = poll(&waiting, 1, -1) }
        }
    }

    private var nextLength: Int? {
        guard end - start >= 4 else { return nil }
        return Int(UInt32(bigEndian: input.loadUnaligned(fromByteOffset: start, as: UInt32.self)))
    }

    private var lengthIsSane: Bool { nextLength.map { $0 <= SFTP.packetLimit } ?? true }

    private func nextPacket() -> UnsafeRawBufferPointer? {
        guard let length = nextLength, end - start - 4 >= length else { return nil }
        let packet = UnsafeRawBufferPointer(rebasing: input[(start + 4)..<(start + 4 + length)])
        start += 4 + length
        return packet
    }

    private func flush() -> Bool {
        var rest = output.bytes
        while !rest.isEmpty {
            let count = Glibc.write(1, rest.baseAddress, rest.count)
            if count < 0, errno == EINTR { continue }
            if count < 0, errno == EAGAIN {
                var waiting = pollfd(fd: 1, events: Int16(POLLOUT), revents: 0)
                _ = poll(&waiting, 1, -1)
                continue
            }
            guard count > 0 else {
                closeAll()
                return false
            }
            rest = UnsafeRawBufferPointer(rebasing: rest[count...])
        }
        output.clear()
        return true
    }

    private func closeAll() {
        for handle in handles.values { close(handle) }
        handles = [:]
        report.flush()
    }

    // MARK: Requests

    private func answer(_ packet: UnsafeRawBufferPointer) {
        var reader = SFTPReader(packet)
        var id: UInt32 = 0
        do throws(SFTPMalformed) {
            let kind = try reader.number(UInt8.self)
            if kind == SFTP.Request.initialize.rawValue { return welcome() }
            id = try reader.number(UInt32.self)
            guard let request = SFTP.Request(rawValue: kind) else {
                return status(id, .unsupported, "there is no request \(kind)")
            }
            try perform(request, id, &reader)
        } catch {
            status(id, .badMessage, "the request makes no sense")
        }
    }

    private func perform(_ request: SFTP.Request, _ id: UInt32, _ reader: inout SFTPReader) throws(SFTPMalformed) {
        switch request {
        case .initialize: break
        case .open: try open(id, &reader)
        case .close: try closeHandle(id, &reader)
        case .read: try read(id, &reader)
        case .write: try write(id, &reader)
        case .lstat: stat(id, try reader.path(), followsLinks: false)
        case .stat: stat(id, try reader.path(), followsLinks: true)
        case .fstat: try statHandle(id, &reader)
        case .setstat: change(id, try reader.path(), try reader.attributes(), followsLinks: true)
        case .fsetstat: try fsetstat(id, &reader)
        case .opendir: openDirectory(id, try reader.path())
        case .readdir: try readDirectory(id, &reader)
        case .remove: remove(id, try reader.path())
        case .mkdir: makeDirectory(id, try reader.path(), try reader.attributes())
        case .rmdir: removeDirectory(id, try reader.path())
        case .realpath: resolve(id, try reader.path())
        case .rename: rename(id, try reader.path(), to: try reader.path(), replaces: false)
        case .readlink: readLink(id, try reader.path())
        // OpenSSH has these the other way round than the draft, and everybody follows OpenSSH.
        case .symlink: makeLink(id, to: try reader.path(), at: try reader.path(), isSymbolic: true)
        case .extended: try extended(id, &reader)
        }
    }

    private func welcome() {
        output.packet(.version, nil) { writer in
            writer.put(SFTP.version)
            for (name, version) in Self.extensions {
                writer.put(name)
                writer.put(version)
            }
        }
    }

    func status(_ id: UInt32, _ status: SFTP.Status, _ sentence: String = "") {
        output.packet(.status, id) { writer in
            writer.put(status.rawValue)
            writer.put(sentence)
            writer.put([])
        }
    }

    /// What errno says.
    func failed(_ id: UInt32) {
        let number = errno
        let code: SFTP.Status =
            switch number {
            case ENOENT, ENOTDIR, ELOOP: .noSuchFile
            case EACCES, EPERM, EROFS: .permissionDenied
            case ENOSYS, EOPNOTSUPP: .unsupported
            default: .failure
            }
        status(id, code, String(cString: strerror(number)))
    }

    // MARK: Handles

    func add(_ id: UInt32, _ handle: Handle) {
        guard handles.count < Self.handleLimit else {
            close(handle)
            return status(id, .failure, "\(handles.count) files are open already; close some first")
        }
        repeat { lastHandle &+= 1 } while handles[lastHandle] != nil
        handles[lastHandle] = handle
        let number = lastHandle
        output.packet(.handle, id) { writer in
            writer.put(UInt32(4))
            writer.put(number)
        }
    }

    /// The handle that the request names.
    func handle(_ reader: inout SFTPReader) throws(SFTPMalformed) -> (number: UInt32, handle: Handle)? {
        let chunk = try reader.chunk()
        guard chunk.count == 4 else { return nil }
        let number = UInt32(bigEndian: chunk.loadUnaligned(as: UInt32.self))
        return handles[number].map { (number, $0) }
    }

    private func closeHandle(_ id: UInt32, _ reader: inout SFTPReader) throws(SFTPMalformed) {
        guard let (number, handle) = try handle(&reader) else { return status(id, .failure, "there is no such handle") }
        handles[number] = nil
        close(handle) ? status(id, .ok) : failed(id)
    }

    @discardableResult
    private func close(_ handle: Handle) -> Bool {
        switch handle {
        case .directory(let directory):
            directory.close()
            return true
        case .file(let file):
            if let move = file.move { report.tell(move) }
            return file.close()
        }
    }
}
