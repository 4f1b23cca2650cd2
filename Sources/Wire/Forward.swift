package import SessionModel

/// Which way the connections of a forward go.
///
/// The raw value is in journals.
package enum ForwardDirection: UInt8, Hashable, Sendable, CaseIterable {
    /// From the operator's machine to what the session reaches: `ssh -L` and `-D`.
    case inwards = 1
    /// From the session to the operator's machine: `ssh -R`.
    case outwards = 2
}

/// A socket that an operator wants from inside a session.
package struct ForwardRequest: Hashable, Sendable {
    package var who: Operator
    /// For people and the journal: `ssh 192.0.2.7`.
    package var transport: String
    /// A name or an address, as the operator wrote it; to listen, empty means any.
    package var host: String
    /// To listen, 0 means any.
    package var port: UInt16
    /// To listen: also where other machines reach it.
    package var isPublic: Bool
    /// Ports of this machine that belong to the server itself.
    package var serverPorts: [UInt16]

    package init(
        who: Operator, transport: String, host: String, port: UInt16, isPublic: Bool = false, serverPorts: [UInt16]
    ) {
        self.who = who
        self.transport = transport
        self.host = host
        self.port = port
        self.isPublic = isPublic
        self.serverPorts = serverPorts
    }
}

/// What a forward carried.
package struct ForwardCount: Hashable, Sendable {
    package var connections: UInt32
    /// From the operator's machine to the session.
    package var bytesIn: UInt64
    /// From the session to the operator's machine.
    package var bytesOut: UInt64

    package init(connections: UInt32, bytesIn: UInt64, bytesOut: UInt64) {
        self.connections = connections
        self.bytesIn = bytesIn
        self.bytesOut = bytesOut
    }
}

/// A forward that is over.
package struct ForwardRecord: Hashable, Sendable {
    package var who: Operator
    package var transport: String
    package var direction: ForwardDirection
    package var host: String
    package var port: UInt16
    /// `nil` where the front-end that carried it is gone.
    package var count: ForwardCount?

    package init(
        who: Operator, transport: String, direction: ForwardDirection, host: String, port: UInt16,
        count: ForwardCount?
    ) {
        self.who = who
        self.transport = transport
        self.direction = direction
        self.host = host
        self.port = port
        self.count = count
    }
}

/// Why there is no socket.
///
/// The raw value is on the wire: the reasons of RFC 4254, section 5.1.
package enum SocketFailure: UInt8, Hashable, Sendable, CaseIterable {
    case prohibited = 1
    case failed = 2
    case tooMany = 4
}

/// What `cmdop-inside` says of a socket to the host that started it; sockets come along as descriptors.
package enum SocketAnswer: Hashable, Sendable {
    case made(port: UInt16)
    case failed(SocketFailure, sentence: String)
}
