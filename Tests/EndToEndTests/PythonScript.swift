import Foundation
import TestKit

/// The Python programs in `Scripts`, run by the tests' own Python.
enum PythonScript: String {
    /// Many attachments of one session in one process.
    case manyAttachments = "many_attachments.py"
    /// A client that heeds no window.
    case flood = "flood.py"
    /// A command that is sent a signal.
    case signalCommand = "signal_command.py"
    /// A plain sshd, to jump through.
    case sshd = "sshd_on_loopback.py"
    /// Peers that speak no protocol, or the wrong one.
    case rawPeer = "raw_peer.py"
    /// Small servers and clients of TCP.
    case portTool = "port_tool.py"
    /// Many connections that never log in.
    case strangers = "strangers.py"
    /// A user of this machine who connects to a local socket again and again.
    case localFlood = "local_flood.py"
    /// Many connections through one.
    case manyForwards = "many_forwards.py"
    /// Files by every client, there and back; `make endurance` runs it at its full length.
    case endurance = "../../Bench/endurance.py"
    /// Key and configuration files written in every way; `make rewrites` runs it at its full length.
    case rewrites = "../../Bench/rewrites.py"

    /// The command line that runs it; throws where the tests' Python is not installed.
    func line(_ arguments: String...) throws(TestKitError) -> [String] {
        let here = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        let repository = here.deletingLastPathComponent().deletingLastPathComponent()
        let python = repository.appendingPathComponent(".build/venv/bin/python3").path
        guard FileManager.default.isExecutableFile(atPath: python) else {
            throw TestKitError.missing(python, advice: "make test installs it, and the clients that it needs")
        }
        return [python, here.appendingPathComponent("Scripts/\(rawValue)").path] + arguments
    }
}
