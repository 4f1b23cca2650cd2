import Glibc
import Wire

/// An address and port of TCP, as the kernel takes it.
struct InternetAddress {
    private(set) var storage: sockaddr_storage
    let length: UInt32

    static let loopback = ["127.0.0.1", "::1"].compactMap { InternetAddress(numeric: $0) }
    static let any = ["0.0.0.0", "::"].compactMap { InternetAddress(numeric: $0) }

    private init(_ info: addrinfo) {
        storage = sockaddr_storage()
        length = info.ai_addrlen
        withUnsafeMutableBytes(of: &storage) { room in
            room.copyMemory(from: UnsafeRawBufferPointer(start: info.ai_addr, count: Int(info.ai_addrlen)))
        }
    }

    private init?(numeric text: String) {
        guard let found = try? Self.find(text, port: 0, isNumeric: true).first else { return nil }
        self = found
    }

    /// What a name stands for here, in the order in which it is to be tried.
    static func find(_ host: String, port: UInt16) throws(SocketTrouble) -> [InternetAddress] {
        try find(host, port: port, isNumeric: false)
    }

    private static func find(_ host: String, port: UInt16, isNumeric: Bool) throws(SocketTrouble) -> [InternetAddress] {
        var hints = addrinfo()
        hints.ai_socktype = CInt(SOCK_STREAM.rawValue)
        hints.ai_flags = AI_NUMERICSERV | (isNumeric ? AI_NUMERICHOST : 0)
        var list: UnsafeMutablePointer<addrinfo>?
        let result = getaddrinfo(host, String(port), &hints, &list)
        guard result == 0 else {
            let reason = result == EAI_SYSTEM ? String(cString: strerror(errno)) : String(cString: gai_strerror(result))
            throw SocketTrouble(.failed, "\(host) can not be resolved inside the session: \(reason)")
        }
        defer { freeaddrinfo(list) }
        var found: [InternetAddress] = []
        var next = list
        while let info = next?.pointee, found.count < 16 {
            if info.ai_family == AF_INET || info.ai_family == AF_INET6 { found.append(InternetAddress(info)) }
            next = info.ai_next
        }
        return found
    }

    var family: CInt { CInt(storage.ss_family) }

    func with(port: UInt16) -> InternetAddress {
        var other = self
        withUnsafeMutableBytes(of: &other.storage) { bytes in
            // In both families the port stands behind the family.
            bytes.storeBytes(of: port.bigEndian, toByteOffset: 2, as: UInt16.self)
        }
        return other
    }

    /// Whether a connection with it ends on this machine: loopback, no address at all, or one of its interfaces.
    var isOfThisMachine: Bool {
        let mine = canonical
        if mine.allSatisfy({ $0 == 0 }) || mine.count == 4 && mine[0] == 127 { return true }
        if mine.count == 16, mine.dropLast().allSatisfy({ $0 == 0 }), mine[15] == 1 { return true }
        var list: UnsafeMutablePointer<ifaddrs>?
        // What can not be asked is taken for the worse.
        guard getifaddrs(&list) == 0 else { return true }
        defer { freeifaddrs(list) }
        var next = list
        while let interface = next?.pointee {
            if let address = interface.ifa_addr, Self.canonical(address) == mine { return true }
            next = interface.ifa_next
        }
        return false
    }

    /// Its bytes: 4, also where it is an IPv4 address in IPv6's clothes, or 16.
    private var canonical: [UInt8] {
        withUnsafePointer(to: storage) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { Self.canonical($0) ?? [] }
        }
    }

    private static func canonical(_ address: UnsafePointer<sockaddr>) -> [UInt8]? {
        let raw = UnsafeRawPointer(address)
        switch CInt(address.pointee.sa_family) {
        case AF_INET: return Array(UnsafeRawBufferPointer(start: raw + 4, count: 4))
        case AF_INET6:
            let bytes = Array(UnsafeRawBufferPointer(start: raw + 8, count: 16))
            let isMapped = bytes.prefix(10).allSatisfy { $0 == 0 } && bytes[10] == 0xFF && bytes[11] == 0xFF
            return isMapped ? Array(bytes.suffix(4)) : bytes
        default: return nil
        }
    }

    func withPointer<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
        withUnsafePointer(to: storage) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(length)) }
        }
    }
}
