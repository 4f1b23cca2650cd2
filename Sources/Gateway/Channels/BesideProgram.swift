import SystemPackage
import Wire

/// Whoever asked a host for a program beside the terminal.
protocol BesideProgram: AnyObject {
    /// False for one that does not want it any more.
    var isOpen: Bool { get }
    /// The program runs. Three descriptors are its stdin, stdout and stderr; one is its terminal.
    func spawned(_ child: ChildID, _ descriptors: [FileDescriptor])
    func exited(_ status: Int)
    func failed(_ sentence: String)
    /// The host, which would say how it ends, does not respond.
    func hostIsSilent()
    func sessionIsOver()
    /// A lead ended it; the host has hung it up.
    func removed(by name: String)
}
