/// The control group of a session's processes: of all sessions of this name this server's alone.
package enum SessionGroup {
    /// - Parameter directory: the session's own, absolute.
    package static func name(in directory: String) -> String {
        let session = directory.split(separator: "/").last ?? ""
        return "\(session)-\(Digest.text(of: directory).prefix(8))"
    }
}
