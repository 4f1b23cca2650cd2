package import SystemPackage
package import Wire

/// Why a journal could not be opened or read.
package enum JournalError: Error, Hashable, Sendable, CustomStringConvertible {
    case io(path: String, Errno)
    case damaged(path: String, offset: Int, WireError)

    /// What the kernel said; of damage, that it can not be read.
    var errno: Errno {
        switch self {
        case .io(_, let errno): errno
        case .damaged: .ioError
        }
    }

    package var description: String {
        switch self {
        case .io(let path, let errno): "can not use the journal \(path): \(errno)"
        case .damaged(let path, let offset, let error): "the journal \(path) is damaged at byte \(offset): \(error)"
        }
    }
}
