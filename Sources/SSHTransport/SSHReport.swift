/// Something that libssh told during a call, acted on when the call has returned.
enum SSHReport {
    case admitted
    case opened(SSHChannel)
    case started(SSHChannel)
    case received(SSHChannel, [UInt8])
    case resized(SSHChannel, columns: Int, rows: Int)
    case signalled(SSHChannel, String)
    case endOfInput(SSHChannel)
    case closed(SSHChannel)
    case askedToConnect(SSHOpenRequest)
    /// As ``askedToConnect(_:)``, beyond the limit.
    case askedTooMuch(SSHOpenRequest)
    case askedToListen(SSHListenRequest)
    /// The client went too far.
    case ended(SSHCloseReason)
}
