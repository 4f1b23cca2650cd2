import Platform
import SessionModel
import SystemPackage
import Wire

/// What a host has in its session's directory for others to find it by: its socket, its number, the lock. Cleaners of
/// old files, and people, may take these away; then they are made anew.
final class HostFiles {
    /// How often it is looked whether they are there.
    static let interval = Duration.seconds(5)
    private static let lockDescriptor = FileDescriptor(rawValue: 5)

    private let plan: LaunchPlan
    private var directory: StateDirectory
    private var socket: OwnedDescriptorBox?
    private var socketIdentity: FileIdentity?
    private var lockIdentity: FileIdentity?
    /// Of a lock file that was made anew.
    private var lock: OwnedDescriptorBox?

    init(of plan: LaunchPlan) throws(StateDirectoryError) {
        self.plan = plan
        directory = try StateDirectory.open(plan.stateDirectory)
        lockIdentity = FileIdentity(of: Self.lockDescriptor)
    }

    /// The socket that front-ends connect to.
    var listener: FileDescriptor {
        guard let descriptor = socket?.borrowed else { preconditionFailure("a host listens before anybody asks") }
        return descriptor
    }

    /// The session runs now: it is found, and is not one that ended before.
    func open() throws(Errno) {
        try listen()
        directory.write("\(ProcessID.current)\n", to: SessionFiles.pid)
        for mark in [SessionFiles.ended, SessionFiles.lost] { directory.remove(mark) }
        directory.reserve(SessionFiles.ended)
    }

    private func listen() throws(Errno) {
        socket = OwnedDescriptorBox(try LocalSocket.listen(in: directory, as: SessionFiles.socket))
        socketIdentity = directory.identity(of: SessionFiles.socket)
    }

    /// Makes anew what is gone. The listener may be another one then.
    func repair() {
        if !directory.isThere {
            guard let made = try? StateDirectory.open(plan.stateDirectory) else { return }
            Diagnostics.note("the session's directory was taken away and is made anew")
            directory = made
            directory.write("\(plan.incarnation.rawValue)\n", to: SessionFiles.incarnation)
            directory.write("\(plan.environment)\n", to: SessionFiles.environment)
            directory.reserve(SessionFiles.ended)
        }
        repairLock()
        if directory.identity(of: SessionFiles.socket) != socketIdentity {
            Diagnostics.note("the session's socket was taken away and is made anew")
            do throws(Errno) {
                try listen()
            } catch {
                Diagnostics.note("the session's socket can not be made: \(error)")
            }
        }
        if directory.identity(of: SessionFiles.pid) == nil {
            directory.write("\(ProcessID.current)\n", to: SessionFiles.pid)
        }
    }

    /// Without it the session would seem lost, and be started once more.
    private func repairLock() {
        guard directory.identity(of: SessionFiles.lock) != lockIdentity else { return }
        let made: OwnedDescriptorBox
        do throws(Errno) {
            guard let locked = try directory.lock(SessionFiles.lock) else { return }
            made = OwnedDescriptorBox(locked)
        } catch {
            return Diagnostics.note("the session's lock can not be made: \(error)")
        }
        Diagnostics.note("the session's lock was taken away and is made anew")
        lock = made
        lockIdentity = directory.identity(of: SessionFiles.lock)
    }

    /// The shell has ended: nobody finds the host any more, which sees to what is left.
    func beginEnd() {
        directory.write(SessionFiles.ending, to: SessionFiles.ended)
        directory.remove(SessionFiles.socket)
    }

    /// The last process is gone. On a full disk the end is written where room was kept for it.
    func close(status: Int) {
        directory.writeReserved("\(status)\n", to: SessionFiles.ended)
        directory.remove(SessionFiles.pid)
    }
}
