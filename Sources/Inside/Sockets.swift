import Platform
import SystemPackage
import Wire

/// Makes sockets inside a session and passes them out over descriptor 3.
enum Sockets {
    /// `HOST PORT REFUSED NAMESPACE`: connects. `REFUSED` are ports, parted by commas, of the machine whose network is
    /// called `NAMESPACE`: there they belong to the server.
    static func connect(_ arguments: [String]) -> Int32 {
        guard arguments.count == 4, let port = UInt16(arguments[1]) else { return usage() }
        let refused = arguments[2].split(separator: ",").compactMap { UInt16($0) }
        let isServersNetwork = arguments[3] == NetworkNamespace.current
        return answer { () throws(SocketTrouble) in
            try [connect(arguments[0], port, sparing: isServersNetwork ? refused : [])]
        }
    }

    /// `ADDRESS PORT loopback|any`: listens. An empty address means all of them, port 0 a free one.
    static func listen(_ arguments: [String]) -> Int32 {
        guard arguments.count == 3, let port = UInt16(arguments[1]) else { return usage() }
        return answer { () throws(SocketTrouble) in try listeners(arguments[0], port, isPublic: arguments[2] == "any") }
    }

    private static func usage() -> Int32 {
        InsideProgram.complain("cmdop-host starts this program; it has no use by hand")
        return 64
    }

    private static func answer(_ make: () throws(SocketTrouble) -> [InternetSocket]) -> Int32 {
        do throws(SocketTrouble) {
            let sockets = try make()
            let port = sockets.first?.localPort ?? 0
            return send(.made(port: port), sockets.map(\.descriptor)) ? 0 : 1
        } catch {
            _ = send(.failed(error.failure, sentence: error.sentence), [])
            return 1
        }
    }

    private static func send(_ answer: SocketAnswer, _ descriptors: [FileDescriptor]) -> Bool {
        let sent = answer.encoded.withUnsafeBytes { bytes in
            try? FileDescriptor(rawValue: 3).sendAvailable(bytes, descriptors: descriptors)
        }
        return sent == .completed(answer.encoded.count)
    }

    // MARK: Making them

    /// The first of the host's addresses that takes the connection; what the last said where none does.
    private static func connect(
        _ host: String, _ port: UInt16, sparing refused: [UInt16]
    ) throws(SocketTrouble) -> InternetSocket {
        var last = SocketTrouble(.failed, "\(host) has no address")
        for address in try InternetAddress.find(host, port: port) {
            guard !refused.contains(port) || !address.isOfThisMachine else {
                throw SocketTrouble(.prohibited, "port \(port) of this machine is the server's own")
            }
            do throws(SocketTrouble) {
                return try InternetSocket.connected(with: address)
            } catch {
                last = error
            }
        }
        throw last
    }

    /// On the loopback addresses, unless others are allowed and asked for. Both families share a port.
    private static func listeners(
        _ host: String, _ port: UInt16, isPublic: Bool
    ) throws(SocketTrouble) -> [InternetSocket] {
        guard isPublic, host != "localhost" else {
            return try listeners(InternetAddress.loopback, port)
        }
        guard !["", "*", "0.0.0.0", "::"].contains(host) else {
            return try listeners(InternetAddress.any, port)
        }
        return try listeners(Array(InternetAddress.find(host, port: port).prefix(1)), port)
    }

    /// The first must do; the second is there where the machine has its family and the port is free.
    private static func listeners(_ addresses: [InternetAddress], _ port: UInt16) throws(SocketTrouble)
        -> [InternetSocket]
    {
        guard let first = addresses.first else { throw SocketTrouble(.failed, "there is no such address") }
        let socket = try InternetSocket.listening(on: first.with(port: port))
        let others = addresses.dropFirst().compactMap { other -> InternetSocket? in
            try? InternetSocket.listening(on: other.with(port: socket.localPort))
        }
        return [socket] + others
    }
}

/// Why there is no socket, for the operator who asked for it.
struct SocketTrouble: Error {
    let failure: SocketFailure
    let sentence: String

    init(_ failure: SocketFailure, _ sentence: String) {
        self.failure = failure
        self.sentence = sentence
    }
}
