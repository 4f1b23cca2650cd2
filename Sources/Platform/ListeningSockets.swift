private import Glibc

/// The TCP sockets on which a set of processes listens, as `/proc` shows them (proc(5)).
package struct ListeningSocket: Hashable, Sendable {
    package let address: String
    package let port: UInt16
    package let process: ProcessID

    /// Each process in its own network: what runs a container has the machine's, what runs in it the container's.
    package static func all(of processes: [ProcessID]) -> [ListeningSocket] {
        Dictionary(grouping: processes) { ProcessTree.namespace("net", of: $0) }.values.flatMap(sockets(ofOneNetwork:))
    }

    private static func sockets(ofOneNetwork processes: [ProcessID]) -> [ListeningSocket] {
        // Any of them has the table, but for one that ended meanwhile.
        guard let places = processes.lazy.map(places).first(where: { !$0.isEmpty }) else { return [] }
        var found: Set<ListeningSocket> = []
        for process in processes {
            for inode in sockets(of: process) {
                guard let place = places[inode] else { continue }
                found.insert(ListeningSocket(address: place.address, port: place.port, process: process))
            }
        }
        return Array(found)
    }

    /// Where somebody listens in the process's network, by the inode of the socket.
    private static func places(near process: ProcessID) -> [String: (address: String, port: UInt16)] {
        var places: [String: (address: String, port: UInt16)] = [:]
        for file in ["tcp", "tcp6"] {
            let table = ProcessTree.contents(of: "/proc/\(process)/net/\(file)", limit: 4 * 1_024 * 1_024)
            for line in String(decoding: table, as: UTF8.self).split(separator: "\n").dropFirst() {
                guard let (inode, place) = place(in: line) else { continue }
                places[inode] = place
            }
        }
        return places
    }

    /// The inode, address and port of a line about a socket that listens (state 0A).
    private static func place(in line: Substring) -> (String, (String, UInt16))? {
        let fields = line.split(separator: " ")
        guard fields.count > 9, fields[3] == "0A" else { return nil }
        let parts = fields[1].split(separator: ":")
        guard parts.count == 2, let port = UInt16(parts[1], radix: 16) else { return nil }
        return (String(fields[9]), (address(of: parts[0]), port))
    }

    /// Words of four bytes, each in the machine's order.
    private static func address(of hex: Substring) -> String {
        let digits = Array(hex)
        let words = stride(from: 0, to: digits.count, by: 8).compactMap {
            UInt32(String(digits[$0..<min($0 + 8, digits.count)]), radix: 16)
        }
        let bytes = words.flatMap { word in withUnsafeBytes(of: word) { Array($0) } }
        guard bytes.count == 16 else { return bytes.map(String.init).joined(separator: ".") }
        if bytes.prefix(12) == [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF] {
            return bytes.suffix(4).map(String.init).joined(separator: ".")
        }
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        guard inet_ntop(AF_INET6, bytes, &text, socklen_t(text.count)) != nil else { return "" }
        return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// The inodes of a process's sockets.
    private static func sockets(of process: ProcessID) -> [String] {
        let path = "/proc/\(process)/fd"
        guard let directory = opendir(path) else { return [] }
        defer { closedir(directory) }
        var inodes: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            guard let target = ProcessTree.link("\(path)/\(name)") else { continue }
            if target.hasPrefix("socket:[") { inodes.append(String(target.dropFirst(8).dropLast())) }
        }
        return inodes
    }
}
