private import CLinux
private import Glibc
package import SystemPackage

/// What is at a path, shown at a place of our own until it is taken away there (mount(2), MS_BIND).
///
/// For what other programs are to use of folders where others may write: a check of the path says nothing about what
/// those find there later, and a place that only we can reach stays what it is.
package enum BoundPath {
    /// - Parameters:
    ///   - path: absolute and without links: one that was put there since its check is an error (ELOOP).
    ///   - place: in a directory of our own; made, as a folder or a file, where it is missing.
    package static func bind(_ path: String, at place: String) throws(Errno) {
        let source = OwnedDescriptor(
            taking: FileDescriptor(rawValue: try checked(clinux_open_without_links(path, 0))))
        release(place)
        var status = stat()
        try checked(fstat(source.borrowed.rawValue, &status))
        try make(place, isFolder: status.st_mode & S_IFMT == S_IFDIR)
        let flags = UInt(MS_BIND | MS_REC)
        try checked(mount("/proc/self/fd/\(source.borrowed.rawValue)", place, nil, flags, nil))
    }

    /// Takes away what is bound there; whoever has it bound elsewhere meanwhile keeps it.
    package static func release(_ place: String) {
        // Or what is mounted below would be taken away at its own place, too.
        while mount(nil, place, nil, UInt(MS_PRIVATE | MS_REC), nil) == 0 {
            guard umount2(place, CInt(MNT_DETACH | UMOUNT_NOFOLLOW)) == 0 else { return }
        }
    }

    /// Takes the place away, too, and the folder that it is in with its last place.
    package static func remove(_ place: String) {
        release(place)
        // What is bound there all the same can not be removed.
        if rmdir(place) != 0 { unlink(place) }
        rmdir(String(place[..<(place.lastIndex(of: "/") ?? place.startIndex)]))
    }

    private static func make(_ place: String, isFolder: Bool) throws(Errno) {
        if isFolder {
            unlink(place)
            guard mkdir(place, 0o700) == 0 || errno == EEXIST else { throw Errno(rawValue: errno) }
        } else {
            rmdir(place)
            let file = try checked(open(place, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600))
            _ = OwnedDescriptor(taking: FileDescriptor(rawValue: file))
        }
    }
}
