import CSSH

// What a client asks beside its session channels. Nothing is answered here but what is refused.
extension CallbackTable {
    /// What no other callback took. 1 lets libssh refuse it, 0 leaves the answer to whoever keeps it.
    func take(_ message: ssh_message?) -> CInt {
        guard let message, let connection, authentication.admitted != nil, !isEnded else { return refuse(message) }
        switch (UInt32(bitPattern: ssh_message_type(message)), UInt32(bitPattern: ssh_message_subtype(message))) {
        case (SSH_REQUEST_CHANNEL_OPEN.rawValue, SSH_CHANNEL_DIRECT_TCPIP.rawValue):
            return askToConnect(message, on: connection)
        case (SSH_REQUEST_GLOBAL.rawValue, SSH_GLOBAL_REQUEST_TCPIP_FORWARD.rawValue):
            return askToListen(message, isCancellation: false, on: connection)
        case (SSH_REQUEST_GLOBAL.rawValue, SSH_GLOBAL_REQUEST_CANCEL_TCPIP_FORWARD.rawValue):
            return askToListen(message, isCancellation: true, on: connection)
        default: return refuse(message)
        }
    }

    private func askToConnect(_ message: ssh_message, on connection: SSHConnection) -> CInt {
        let port = UInt16(clamping: ssh_message_channel_request_open_destination_port(message))
        guard let host = name(ssh_message_channel_request_open_destination(message)), !host.isEmpty, port > 0,
            let kept = KeptMessage(message)
        else { return refuse(message) }
        let isTooMany = forwardCount + connection.forwards.openRequests >= limits.forwardChannels
        connection.forwards.openRequests += 1
        let request = SSHOpenRequest(host: host, port: port, message: kept, of: connection)
        report(isTooMany ? .askedTooMuch(request) : .askedToConnect(request))
        return 0
    }

    private func askToListen(_ message: ssh_message, isCancellation: Bool, on connection: SSHConnection) -> CInt {
        // Answers have no other mark than their order: one that is refused at once would stand for an earlier one.
        guard connection.forwards.pendingListens < limits.pendingForwards, let kept = KeptMessage(message) else {
            report(.ended(.tooManyRequests))
            return 0
        }
        connection.forwards.pendingListens += 1
        let address = ssh_message_global_request_address(message)
        let isAnyAddress = address?.pointee == 0
        report(
            .askedToListen(
                SSHListenRequest(
                    address: isAnyAddress ? "" : name(address),
                    port: UInt16(clamping: ssh_message_global_request_port(message)), isCancellation: isCancellation,
                    message: kept, of: connection)))
        return 0
    }

    /// A host's name or address; nil for what can not be one.
    private func name(_ pointer: UnsafePointer<CChar>?) -> String? {
        guard let text = pointer.flatMap({ String(validatingCString: $0) }), text.utf8.count <= 255,
            text.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
        else { return nil }
        return text
    }

    // MARK: Channels

    var forwardCount: Int { channels.values.count { $0.isForward } }

    /// A channel that this side is to open.
    func makeForward(isOpening: Bool) -> (ssh_channel, SSHChannel)? {
        guard let raw = connection?.library.newChannel() else { return nil }
        return (raw, adopt(raw, isOpening: isOpening))
    }

    /// Makes a channel of libssh's one of ours.
    func adopt(_ raw: ssh_channel, isOpening: Bool) -> SSHChannel {
        guard let connection else { preconditionFailure("a table is its connection's") }
        ssh_set_channel_callbacks(raw, channelCallbacks)
        let channel = number(raw, of: connection)
        channel.isForward = true
        channel.isOpening = isOpening
        return channel
    }
}
