private import Glibc
import Platform
import SystemPackage

/// Keeps a launcher: one process works, the other waits for its end and makes another. Each has one thread and has
/// opened nothing since the server forked it, so it can be forked again where the server itself can not be any more.
enum LauncherKeeper {
    /// A worker that ends at once must not become a loop of forks.
    private static let pause: UInt32 = 200_000

    /// - Parameter work: is given what is readable when the keeper has ended; answers whether there is still something
    ///   to do. In the worker it must not come back otherwise.
    static func run(_ work: (FileDescriptor) -> Bool) {
        while true {
            guard let life = try? Pipe.open() else { return say("the launcher can not be watched over") }
            let worker: ProcessID?
            do throws(Errno) {
                worker = try ForkedProcess.start()
            } catch {
                say("the launcher can not be watched over: \(error)")
                _ = work(life.reader.borrowed)
                return
            }
            guard let worker else {
                // Without the other end, which is the keeper's alone.
                let reader = life.takeReader()
                guard work(reader.borrowed) else { exit(0) }
                say("the process that watched over the launcher is gone; another one is started")
                // The worker is the keeper now.
                signal(SIGCHLD, SIG_DFL)
                continue
            }
            let writer = life.takeWriter()
            let words = ending(of: worker)
            _ = consume writer
            guard let words else { return }
            say("the launcher \(words); another one is started")
            usleep(pause)
        }
    }

    /// How the worker ended; `nil` where it had nothing more to do. One that is stopped is ended: nobody waits for it.
    private static func ending(of worker: ProcessID) -> String? {
        var wasStopped = false
        while true {
            var status: CInt = 0
            let pid = waitpid(-1, &status, WUNTRACED)
            if pid < 0, errno != EINTR { return nil }
            // Hosts that it started when it was the worker end, too.
            guard pid == worker.rawValue else { continue }
            // wait(2): the low seven bits are the signal's number, 0 for an exit, all ones for a stop.
            switch status & 0x7F {
            case 0 where status >> 8 == 0: return nil
            case 0: return "ended with status \(status >> 8)"
            case 0x7F:
                wasStopped = true
                worker.signal(SIGKILL)
            case let signal: return wasStopped ? "was stopped" : "was ended by signal \(signal)"
            }
        }
    }

    private static func say(_ sentence: String) {
        _ = try? FileDescriptor.standardError.writeAll(Array("cmdopd: \(sentence)\n".utf8))
    }
}
