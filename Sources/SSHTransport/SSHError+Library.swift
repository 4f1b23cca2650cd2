import CSSH
private import SessionModel

extension SSHError {
    /// Reads the message that libssh left on a session or a bind; call it at once, before another call replaces it.
    static func last(on object: OpaquePointer, call: StaticString) -> SSHError {
        let text = ssh_get_error(UnsafeMutableRawPointer(object)).map { String(cString: $0) } ?? ""
        return .failed(call: "\(call)", reason: text.quoted)
    }

    static func outOfMemory(call: StaticString) -> SSHError { .failed(call: "\(call)", reason: "out of memory") }
}
