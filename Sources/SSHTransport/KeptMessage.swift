import CSSH

/// A message of libssh's that is answered later. The calls that answer it read nothing of it but numbers.
final class KeptMessage {
    let raw: ssh_message
    /// The client's number of the channel that it asks for; nil where libssh does not show it.
    let channel: UInt32?

    /// From inside the callback that brings the message; nil where there is no memory.
    init?(_ message: ssh_message) {
        guard let raw = cssh_keep_message(message) else { return nil }
        self.raw = raw
        var number: UInt32 = 0
        channel =
            ssh_message_type(message) == CInt(SSH_REQUEST_CHANNEL_OPEN.rawValue)
                && cssh_requested_channel(message, &number) == 0 ? number : nil
    }

    deinit { cssh_forget_message(raw) }
}
