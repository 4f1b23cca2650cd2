private import SystemPackage

/// Why a session's record misses what happens now.
package enum RecordGap {
    /// In words, by what the kernel said (errno(3)); 0 where the host does not say it.
    package static func reason(_ number: UInt64) -> String {
        switch Errno(rawValue: CInt(truncatingIfNeeded: number)) {
        case .noSpace: "the disk is full"
        case Errno(rawValue: 0): "the record can not be written"
        case .diskQuotaExceeded: "the disk quota is used up"
        case .fileTooLarge: "the record's file may not grow any more"
        case .ioError: "the disk reports an error"
        case .readOnlyFileSystem: "the disk can not be written any more"
        case let other: "the record can not be written (\(other))"
        }
    }
}
