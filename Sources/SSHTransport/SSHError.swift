private import CSSH
package import SystemPackage

/// What this module can not do, and why.
package enum SSHError: Error, Hashable, Sendable {
    /// A libssh call that failed, with the library's own words, quoted because strangers may have written them.
    case failed(call: String, reason: String)
    /// A host key that can not be made or used; the reason completes the sentence "the host key … ".
    case hostKey(path: String, reason: String)
    /// A public key that admits nobody; the sentence says why.
    case publicKey(String)
    /// An address that does not parse.
    case address(String)
    /// An address that can not be listened on.
    case listen(address: String, Errno)
    /// The kernel refused a call about a connection.
    case system(call: String, Errno)
}

extension SSHError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .failed(let call, let reason): "\(call) failed: \(reason)"
        case .hostKey(let path, let reason): "the host key \(path) \(reason)"
        case .publicKey(let sentence): sentence
        case .address(let text): "\(text) is not an address to listen on; write it as 127.0.0.1:2222 or [::1]:2222"
        case .listen(let address, .addressInUse):
            "another server listens on \(address) already; stop it, or name another port as 'listen'"
        case .listen(let address, .permissionDenied):
            "may not listen on \(address): ports below 1024 need more rights; name another port as 'listen'"
        case .listen(let address, let errno): "can not listen on \(address): \(errno)"
        case .system(let call, let errno): "\(call) failed: \(errno)"
        }
    }
}
