import Platform
import SystemPackage

/// What the launcher was asked for and has not taken yet. A launcher that is stopped takes nothing; that must not keep
/// anybody waiting.
final class LaunchRequests {
    /// How long the launcher has to take a request; it does nothing else.
    private static let timeout = Duration.seconds(3)

    private let port: Launcher.PortBox
    private let loop: EventLoop
    private var untaken: [UInt64] = []
    private var last: UInt64 = 0
    private var silent: [UInt64: () -> Void] = [:]
    private(set) var isGone = false
    /// Whether it let a request wait, and took none since.
    private(set) var isSilent = false
    /// Called once, when no request can be taken any more.
    var gone: (() -> Void)?

    init(port: Launcher.PortBox, on loop: EventLoop) {
        self.port = port
        self.loop = loop
        try? port.port.descriptor.setNonBlocking()
        try? loop.watch(port.port.descriptor, for: .readable) { [weak self] _ in self?.read() }
    }

    deinit {
        // A server that could not start drops the loops that never ran, from its main thread.
        if loop.isIsolatingCurrentContext() == true { loop.unwatch(port.port.descriptor) }
    }

    /// Asks for a host.
    ///
    /// - Parameter refused: called when the launcher is gone, or does not take the request in time.
    func ask(
        plan: FileDescriptor, report: FileDescriptor, lock: FileDescriptor, log: FileDescriptor,
        refused: @escaping () -> Void
    ) throws {
        guard !isGone else { throw HostClientError.launcherGone }
        guard !isSilent else { throw HostClientError.launcherSilent }
        let asked = Result { () throws(Errno) in
            try port.port.launch(plan: plan, report: report, lock: lock, log: log)
        }
        switch asked {
        case .failure(.brokenPipe), .failure(.connectionReset): throw HostClientError.launcherGone
        case .failure(.resourceTemporarilyUnavailable): throw HostClientError.launcherSilent
        case .failure(let error): throw error
        case .success: break
        }
        last += 1
        let id = last
        untaken.append(id)
        silent[id] = refused
        loop.schedule(after: Self.timeout) { [weak self] in self?.timeIsUp(id) }
    }

    private func timeIsUp(_ id: UInt64) {
        guard let refused = silent.removeValue(forKey: id) else { return }
        isSilent = true
        refused()
    }

    /// Every request that it takes it says one byte for.
    private func read() {
        var bytes: [UInt8] = [0]
        while true {
            let outcome = bytes.withUnsafeMutableBytes { try? port.port.descriptor.readAvailable(into: $0) }
            switch outcome {
            case .completed:
                isSilent = false
                if !untaken.isEmpty { silent[untaken.removeFirst()] = nil }
            case .wouldBlock: return
            case .endOfStream, nil: return end()
            }
        }
    }

    private func end() {
        guard !isGone else { return }
        isGone = true
        loop.unwatch(port.port.descriptor)
        let refused = silent.sorted { $0.key < $1.key }.map(\.value)
        (silent, untaken) = ([:], [])
        for refuse in refused { refuse() }
        gone?()
    }
}
