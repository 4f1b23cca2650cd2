import Platform
import Wire

extension SessionFiles {
    /// The hosts of all sessions whose directories stand beside this one.
    static func hosts(besides directory: String) -> Set<ProcessID> {
        guard let end = directory.lastIndex(of: "/"),
            let all = try? StateDirectory.open(String(directory[..<end]))
        else { return [.current] }
        let pids = all.names().compactMap { name -> ProcessID? in
            guard let session = try? StateDirectory.open("\(all.path)/\(name)"), let text = session.read(pid) else {
                return nil
            }
            return Int32(text.filter(\.isNumber)).map(ProcessID.init(rawValue:))
        }
        return Set(pids + [.current])
    }
}
