import HostClient
import Platform
import SessionModel
import SystemPackage
import Wire

/// A channel with a program beside the terminal: its own streams, its own exit status.
final class BesideChannel: ClientChannelDelegate, BesideProgram, OpenChannel {
    private let channel: any ClientChannel
    private let loop: EventLoop
    let use: ChannelUse
    private var link: SessionLink?
    /// By which the host knows it from when it was asked for.
    private var reference: Reference?
    private var child: ChildID?
    private var input: StreamWriter?
    private var output: StreamReader?
    private var errors: StreamReader?
    private var terminal: FileDescriptor?
    private var status: Int?
    private var hasEndOfInput = false
    private var early: [UInt8] = []
    private(set) var isOpen = true
    /// Whether its client is told why it ends, and has not closed it yet.
    private(set) var delaysDisconnect = false
    /// Called once, when the channel has nothing more to do.
    var finished: (() -> Void)?

    init(channel: any ClientChannel, loop: EventLoop, use: ChannelUse) {
        self.channel = channel
        self.use = use
        self.loop = loop
        channel.isReading = false
    }

    func start(_ request: SpawnRequest, on link: SessionLink) {
        guard isOpen else { return }
        self.link = link
        reference = link.spawn(self, request)
    }

    func serveFiles(by who: Operator, over transport: String, on link: SessionLink) {
        guard isOpen else { return }
        self.link = link
        link.serveFiles(self, by: who, over: transport) { [weak self] in self?.reference = $0 }
    }

    func failed(_ sentence: String) {
        guard isOpen else { return }
        // A client with a terminal has put it into raw mode.
        let end = use.hasTerminal ? "\r\n" : "\n"
        _ = channel.writeError(Array("cmdop: \(sentence)\(end)".utf8)[...])
        close(status: 254)
    }

    // MARK: Rights

    func revoke(_ sentence: String) {
        guard isOpen else { return }
        if let reference { link?.revoke(reference, child) }
        end(saying: sentence)
    }

    func removed(by name: String) {
        guard isOpen else { return }
        if let child, let reference { link?.forget(child, reference) }
        end(saying: "\(name.stripped) removed you from \(use.session?.text ?? ""); it goes on")
    }

    /// The host ends the program; the client hears why.
    private func end(saying sentence: String) {
        link = nil
        delaysDisconnect = true
        failed(sentence)
    }

    // MARK: The program

    /// The program runs. Three descriptors are its stdin, stdout and stderr; one is its terminal.
    func spawned(_ child: ChildID, _ descriptors: [FileDescriptor]) {
        self.child = child
        let owned = descriptors.map { SharedDescriptor(taking: $0) }
        for descriptor in owned { try? descriptor.borrowed.setNonBlocking() }
        guard let first = owned.first else { return failed("the program's streams did not arrive") }
        if owned.count == 1 { terminal = first.borrowed }
        let outputs = owned.count == 1 ? [first] : Array(owned.dropFirst())
        input = StreamWriter(owned[0], on: loop) { [weak self] in self?.channel.isReading = true }
        output = StreamReader(outputs[0], on: loop, write: { [channel] in channel.write($0) }) { [weak self] in
            self?.streamEnded()
        }
        if outputs.count > 1 {
            errors = StreamReader(outputs[1], on: loop, write: { [channel] in channel.writeError($0) }) { [weak self] in
                self?.streamEnded()
            }
        }
        if !early.isEmpty { input?.write(early) }
        early = []
        if hasEndOfInput { endInput() }
        channel.isReading = true
    }

    func exited(_ status: Int) {
        self.status = status
        if let child, let reference { link?.forget(child, reference) }
        // Of a terminal, what a background process keeps open is not waited for.
        if terminal != nil { output?.finishWithWhatIsThere() }
        streamEnded()
    }

    func sessionIsOver() {
        link = nil
        guard status == nil else { return }
        failed("the session ended, and its commands with it")
    }

    func hostIsSilent() { streamEnded() }

    private func streamEnded() {
        guard output?.isOver != false, errors?.isOver != false else { return }
        if let status { return close(status: status) }
        guard link?.isResponding == false else { return }
        failed("the command printed its last; how it ended is not known: \(HostClientError.notResponding)")
    }

    private func close(status: Int) {
        guard isOpen else { return }
        isOpen = false
        channel.finish(status: status)
        release()
        if !delaysDisconnect { finish() }
    }

    private func release() {
        input?.close()
        output?.close()
        errors?.close()
    }

    private func finish() {
        let finished = finished
        self.finished = nil
        finished?()
    }

    // MARK: The client

    func channel(_ channel: any ClientChannel, received bytes: [UInt8]) {
        guard let input else { return early += bytes }
        input.write(bytes)
        if input.isFull { channel.isReading = false }
    }

    func channelEndOfInput(_ channel: any ClientChannel) {
        hasEndOfInput = true
        endInput()
    }

    /// A pipe is closed; a terminal stays open, as under sshd.
    private func endInput() {
        if terminal == nil { input?.closeWhenWritten() }
    }

    func channel(_ channel: any ClientChannel, resizedTo columns: Int, rows: Int) {
        guard let terminal, isOpen, let size = TerminalSize(columns: columns, rows: rows) else { return }
        try? terminal.setWindowSize(columns: size.columns, rows: size.rows)
    }

    func channel(_ channel: any ClientChannel, signalled name: String) {
        if let child { link?.send(.signalChild(child, name: name)) }
    }

    func channelHasRoom(_ channel: any ClientChannel) {
        output?.flush()
        errors?.flush()
    }

    /// A program that goes on printing gets SIGPIPE, as under sshd.
    func channelDiscards(_ channel: any ClientChannel) {
        guard terminal == nil else { return }
        output?.close()
        streamEnded()
    }

    func channelClosed(_ channel: any ClientChannel) {
        guard isOpen else { return finish() }
        isOpen = false
        if let child, let reference, status == nil {
            link?.send(.hangUp(child))
            link?.forget(child, reference)
        }
        release()
        finish()
    }
}
