import ScreenModel
import SessionModel
import Wire

/// What one client's terminal is shown: the stream as it comes or, where that does not fit, a rendering of its own.
///
/// A value that does no I/O: what happens goes in, bytes for the client collect in a bounded queue. The change from the
/// one to the other is asked of the host and happens where the answer, a snapshot, stands in the stream.
struct AttachmentView: ~Copyable {
    enum Source: Hashable {
        case stream
        case updates
    }

    /// What is shown until the host has answered.
    private enum Meanwhile {
        case stream
        case rendering
        case nothing
    }

    private enum State {
        case beginning
        case passing
        case rendering
        case asking(Source, Meanwhile)
        /// Output was dropped; when the client has taken what is on its way, it gets a fresh screen.
        case behind
    }

    /// Bytes that wait for a slow client, past which it gets a fresh screen instead.
    static let backlogLimit = 256 * 1_024
    /// Bytes that wait at which a client that interrupts a program is brought up to date at once.
    private static let interruptLimit = 32 * 1_024
    /// Rows that scrolled off and were not yet shown, of which the newest are kept.
    private static let scrolledLimit = 1_000

    let terminal: ClientTerminal
    /// `nil` for a client without a window, which gets the stream.
    var window: TerminalSize?
    var sessionSize = TerminalSize.standard
    /// Whether something is drawn over the screen.
    private(set) var isCovered = false
    /// Whether what is to be drawn over it was not drawn yet.
    private(set) var isCoverPending = false
    private var state = State.beginning
    private var queue = OutputQueue(limit: backlogLimit)
    private var renderer: WindowRenderer
    private var viewport = Viewport()
    private var scrolled: [Row] = []
    private var skippedRows = 0
    /// Whether there is something new to draw.
    private(set) var isDirty = false
    /// Bytes of output that the client is not shown.
    private var dropped = 0
    /// What the client's terminal reports, and what it is to report.
    private var reporting = TerminalProperties()
    private var wantedReports = TerminalProperties()

    init(terminal: ClientTerminal, window: TerminalSize?) {
        self.terminal = terminal
        self.window = window
        renderer = WindowRenderer(colors: terminal.colors)
    }

    var fits: Bool { window == nil || window == sessionSize }
    private var wantsStream: Bool { terminal.isXterm && fits && !isCovered }

    /// Whether screen updates are what it is shown, or soon will be.
    var takesUpdates: Bool {
        switch state {
        case .rendering, .asking(.updates, _), .asking(.stream, .rendering): true
        case .beginning, .passing, .asking, .behind: false
        }
    }

    var isEmpty: Bool { queue.isEmpty }

    // MARK: What happens

    /// The first thing shown, after the lines of `greeting`; answers what the host is to be asked for.
    mutating func begin(with snapshot: ScreenSnapshot, greeting: [UInt8]) -> Source? {
        sessionSize = snapshot.size
        queue.append(greeting)
        guard !wantsStream else {
            queue.append(
                SnapshotRenderer.bytes(
                    for: snapshot, scrollbackRows: snapshot.scrollback.count, keepsOldScreen: true))
            state = .passing
            return nil
        }
        queue.append(Self.keepingOldScreen(rows: window?.rows ?? snapshot.size.rows))
        let frame = viewport.frame(of: ScreenImage(snapshot), in: window ?? snapshot.size)
        queue.append(renderer.bytes(for: frame, scrolled: snapshot.scrollback))
        state = .asking(.updates, .nothing)
        return .updates
    }

    mutating func deliver(_ bytes: [UInt8]) {
        switch state {
        case .passing, .asking(_, .stream):
            guard case .overflowed(let discarded) = queue.enqueue(bytes) else { return }
            dropped += discarded
            if case .asking(let source, _) = state { state = .asking(source, .nothing) } else { state = .behind }
        case .behind: dropped += bytes.count
        // What follows a gap before the fresh screen is a part of it.
        case .asking(_, .nothing) where dropped > 0: dropped += bytes.count
        case .beginning, .rendering, .asking: break
        }
    }

    /// What happened before the answer that updates begin with, the stream has shown.
    mutating func updated(_ update: ScreenUpdate) {
        guard isRendering else { return }
        isDirty = true
        scrolled += update.scrolled
        skippedRows += update.skippedRows
        let excess = scrolled.count - Self.scrolledLimit
        guard excess > 0 else { return }
        scrolled.removeFirst(excess)
        skippedRows += excess
    }

    /// The answer to what ``request()`` asked: from here on it is shown the other way.
    mutating func refreshed(_ snapshot: ScreenSnapshot) {
        guard case .asking(let source, let meanwhile) = state else { return }
        sessionSize = snapshot.size
        switch source {
        case .updates:
            state = .rendering
            if case .stream = meanwhile { renderer.forget() }
            isDirty = true
        case .stream:
            state = .passing
            showScrolled(upTo: snapshot)
            markGap(before: snapshot)
            queue.append(SnapshotRenderer.bytes(for: snapshot, scrollbackRows: 0))
            reporting = TerminalProperties()
            renderer.forget()
            (scrolled, skippedRows, isDirty) = ([], 0, false)
        }
    }

    /// The client interrupts a program: what waits is of no use to it any more.
    mutating func interrupted() {
        guard queue.count > Self.interruptLimit, case .passing = state else { return }
        dropped += queue.count
        queue.removeAll()
        state = .behind
    }

    /// Something is drawn over the screen, or no longer, or is drawn anew.
    mutating func cover(_ isCovered: Bool) {
        self.isCovered = isCovered
        isCoverPending = isCovered
        isDirty = true
    }

    // MARK: What comes of it

    /// What the host is to be asked for, if anything; asked once.
    mutating func request() -> Source? {
        let wanted: Source = wantsStream ? .stream : .updates
        switch state {
        case .passing where wanted == .updates: state = .asking(.updates, fits ? .stream : .nothing)
        case .rendering where wanted == .stream: state = .asking(.stream, .rendering)
        case .behind where queue.isEmpty: state = .asking(wanted, .nothing)
        case .beginning, .passing, .rendering, .asking, .behind: return nil
        }
        return wanted
    }

    /// Draws what changed, if the client has taken everything before it.
    mutating func render(_ image: ScreenImage?, _ cover: (WindowFrame) -> WindowFrame) {
        guard isDirty, queue.isEmpty, let image, isRendering else { return }
        isDirty = false
        isCoverPending = false
        let frame = viewport.frame(of: image, in: window ?? image.size)
        if renderer.resets(for: frame) { reporting = TerminalProperties() }
        queue.append(renderer.bytes(for: cover(frame), scrolled: scrolled, skippedRows: skippedRows))
        (scrolled, skippedRows) = ([], 0)
        report(wantedReports)
    }

    private var isRendering: Bool {
        switch state {
        case .rendering, .asking(.stream, .rendering): true
        case .beginning, .passing, .asking, .behind: false
        }
    }

    /// Has the client's terminal report what the program asked for, or nothing where it is not the holder's.
    mutating func report(_ wanted: TerminalProperties) {
        wantedReports = wanted
        let same =
            wanted.mouse == reporting.mouse && wanted.mouseEncoding == reporting.mouseEncoding
            && wanted.focusReporting == reporting.focusReporting
        guard !same else { return }
        reporting = wanted
        var modes = TerminalModes()
        modes.mouse = wanted.mouse
        modes.mouseEncoding = wanted.mouseEncoding
        modes.focusReporting = wanted.focusReporting
        queue.append(SnapshotRenderer.mouseBytes(for: modes))
    }

    /// Appends what belongs to no state: a title, last words.
    mutating func append(_ bytes: [UInt8]) { queue.append(bytes) }

    mutating func drain(_ write: (ArraySlice<UInt8>) -> Int) { queue.drain(write) }

    // MARK: Bytes

    private static func keepingOldScreen(rows: Int) -> [UInt8] {
        TerminalReset.state + Array("\u{1B}[\(rows);1H".utf8) + Array(repeating: 0x0A, count: rows)
    }

    /// What went off the screen since it was last drawn must not be lost between updates and stream.
    private mutating func showScrolled(upTo snapshot: ScreenSnapshot) {
        guard !scrolled.isEmpty || skippedRows > 0 else { return }
        let image = ScreenImage(snapshot)
        let frame = viewport.frame(of: image, in: window ?? image.size)
        queue.append(renderer.bytes(for: frame, scrolled: scrolled, skippedRows: skippedRows))
    }

    /// A line in the client's scrollback says that something is missing there.
    private mutating func markGap(before snapshot: ScreenSnapshot) {
        guard dropped > 0 else { return }
        let count = dropped
        dropped = 0
        guard !snapshot.isAlternate else { return }
        queue.append(TerminalReset.state)
        queue.append(Array("\u{1B}[\(snapshot.size.rows);1H\r\n[cmdop] \(Self.amount(count)) not shown\r\n".utf8))
        queue.append(Self.keepingOldScreen(rows: snapshot.size.rows))
    }

    private static func amount(_ bytes: Int) -> String {
        bytes < 10_000 ? "\(bytes) bytes" : bytes < 10_000_000 ? "\(bytes / 1_000) KB" : "\(bytes / 1_000_000) MB"
    }
}
