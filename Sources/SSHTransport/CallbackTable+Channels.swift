import CSSH

// What libssh asks and tells about channels. Agent and X11 forwarding have no callback: to have one is to accept them.
extension CallbackTable {
    func fillChannelCallbacks() {
        fillRequestCallbacks()
        channelCallbacks.pointee.channel_data_function = { _, raw, data, length, isError, context in
            let table = CallbackTable.from(context)
            guard isError == 0, let channel = table.channel(raw) else { return CInt(clamping: length) }
            return table.receive(UnsafeRawBufferPointer(start: data, count: Int(length)), on: channel)
        }
        channelCallbacks.pointee.channel_eof_function = { _, raw, context in
            let table = CallbackTable.from(context)
            if let channel = table.channel(raw) { table.report(.endOfInput(channel)) }
        }
        channelCallbacks.pointee.channel_close_function = { _, raw, context in
            let table = CallbackTable.from(context)
            if let channel = table.channel(raw) { table.report(.closed(channel)) }
        }
        channelCallbacks.pointee.channel_signal_function = { _, raw, name, context in
            let table = CallbackTable.from(context)
            guard let channel = table.channel(raw), let name = name.map({ String(cString: $0) }),
                ChannelRequests.isSignalName(name)
            else { return }
            table.report(.signalled(channel, name))
        }
        channelCallbacks.pointee.channel_pty_window_change_function = { _, raw, columns, rows, _, _, context in
            let table = CallbackTable.from(context)
            guard let channel = table.channel(raw), channel.requests.terminal != nil else { return -1 }
            table.resize(channel, columns: ChannelRequests.cells(columns), rows: ChannelRequests.cells(rows))
            return 0
        }
    }

    private func fillRequestCallbacks() {
        channelCallbacks.pointee.channel_pty_request_function = { _, raw, term, columns, rows, _, _, context in
            CallbackTable.answer(raw, context) { _, channel in
                channel.requests.askForTerminal(
                    term: term.map { String(cString: $0) }, columns: columns, rows: rows)
            }
        }
        channelCallbacks.pointee.channel_env_request_function = { _, raw, name, value, context in
            CallbackTable.answer(raw, context) { _, channel in
                channel.requests.askForVariable(
                    name: name.map { String(cString: $0) }, value: value.map { String(cString: $0) })
            }
        }
        channelCallbacks.pointee.channel_shell_request_function = { _, raw, context in
            CallbackTable.answer(raw, context) { $0.start(.shell, on: $1) }
        }
        channelCallbacks.pointee.channel_exec_request_function = { _, raw, command, context in
            CallbackTable.answer(raw, context) { table, channel in
                guard let command else { return false }
                let bytes = UnsafeRawBufferPointer(start: command, count: strlen(command))
                return table.start(.exec(Array(bytes)), on: channel)
            }
        }
        channelCallbacks.pointee.channel_subsystem_request_function = { _, raw, name, context in
            CallbackTable.answer(raw, context) { table, channel in
                guard let name = name.flatMap({ String(validatingCString: $0) }) else { return false }
                return table.start(.subsystem(name), on: channel)
            }
        }
    }

    /// The channel, unless this side has closed it or it belongs to nobody any more.
    private func channel(_ raw: ssh_channel?) -> SSHChannel? { raw.flatMap { channels[$0] } }

    /// A request's answer as libssh wants it: 0 accepts.
    private static func answer(
        _ raw: ssh_channel?, _ context: UnsafeMutableRawPointer?, _ question: (CallbackTable, SSHChannel) -> Bool
    ) -> CInt {
        let table = from(context)
        guard let channel = table.channel(raw), channel.isOpen, !channel.isForward else { return -1 }
        return question(table, channel) ? 0 : -1
    }

    private func start(_ request: SSHStart, on channel: SSHChannel) -> Bool {
        guard let connection, let delegate = connection.delegate else { return false }
        guard channel.requests.mayStart(request),
            delegate.connection(connection, accepts: request, terminal: channel.requests.terminal)
        else { return false }
        channel.requests.begin(request)
        report(.started(channel))
        return true
    }

    /// How much of a channel's unread bytes is taken now: all or nothing.
    private func receive(_ bytes: UnsafeRawBufferPointer, on channel: SSHChannel) -> CInt {
        switch channel.intake {
        case .discards:
            return CInt(clamping: bytes.count)
        case .waits:
            channel.unread = bytes.count
            // libssh takes in what is sent beyond the window, without end.
            if bytes.count > limits.inboundUnreadCap { report(.ended(.inboundOverrun)) }
            return 0
        case .takes:
            channel.unread = 0
            report(bytes, from: channel)
            return CInt(clamping: bytes.count)
        }
    }
}
