private import CLinux
private import Glibc
package import SystemPackage

/// Signals as something to read: blocked for the whole process, and handed out on the loop.
///
/// Make it before any other thread is there, or those threads still take the signals.
package final class SignalSource {
    private let descriptor: OwnedDescriptor
    private let loop: EventLoop

    /// - Parameter handler: called on the loop with the signal's number; several of the same kind may count as one.
    package init(_ signals: [CInt], on loop: EventLoop, _ handler: @escaping (CInt) -> Void) throws(Errno) {
        var set = sigset_t()
        sigemptyset(&set)
        for signal in signals { sigaddset(&set, signal) }
        pthread_sigmask(SIG_BLOCK, &set, nil)
        descriptor = OwnedDescriptor(
            taking: FileDescriptor(rawValue: try checked(signalfd(-1, &set, CInt(SFD_CLOEXEC | SFD_NONBLOCK)))))
        self.loop = loop
        let fd = descriptor.borrowed
        try loop.watch(fd, for: .readable) { _ in
            var info = signalfd_siginfo()
            while Glibc.read(fd.rawValue, &info, MemoryLayout.size(ofValue: info)) > 0 {
                handler(CInt(info.ssi_signo))
            }
        }
    }

    package func close() { loop.unwatch(descriptor.borrowed) }

    /// Blocks signals before the first thread starts, so that every thread inherits it.
    package static func block(_ signals: [CInt]) {
        var set = sigset_t()
        sigemptyset(&set)
        for signal in signals { sigaddset(&set, signal) }
        pthread_sigmask(SIG_BLOCK, &set, nil)
    }
}
