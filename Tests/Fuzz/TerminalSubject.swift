import ScreenModel
import SessionModel
import Terminal

/// What must hold for a terminal and its filter, whatever a program prints. The first bytes choose sizes and cuts.
enum TerminalSubject {
    static func check(_ bytes: [UInt8]) {
        guard bytes.count > 3, let size = size(bytes[0], bytes[1]) else { return }
        let screen = Screen(size: size, scrollbackLimit: 50)
        feed(screen, bytes.dropFirst(3), cutAt: bytes[2])
        _ = screen.takeReplies()
        if let other = self.size(bytes[1], bytes[2]) { screen.resize(to: other) }
        screen.feed(Array(bytes.dropFirst(3)))
        screen.feed([0x18])
        let shown = screen.snapshot(at: .start, scrollbackRows: 50)
        let again = Screen(size: shown.size, scrollbackLimit: 50)
        again.feed(SnapshotRenderer.bytes(for: shown, scrollbackRows: 50, includesMouse: true))
        require(again.snapshot(at: .start, scrollbackRows: 50).main == shown.main, "a snapshot shows what it is of")
        require(again.takeReplies().isEmpty, "a snapshot asks a viewer's terminal nothing")
        screen.feed(Array("\u{1B}c".utf8) + [0x66])
        require(screen.text(row: 0) == "f", "the terminal still works")
    }

    static func checkFilter(_ bytes: [UInt8]) {
        guard let cut = bytes.first else { return }
        let input = Array(bytes.dropFirst())
        let whole = filtered(input, cutAt: 255)
        require(whole == filtered(input, cutAt: cut), "where the chunks end makes no difference")
        require(whole == filtered(whole, cutAt: 255), "filtering again changes nothing")
        let viewer = Screen(size: .standard, scrollbackLimit: 0)
        viewer.feed(whole)
        require(viewer.isGround, "what passes is whole")
        require(viewer.takeReplies().isEmpty, "a viewer's terminal answers nothing")
        require(viewer.modes.mouse == .none && !viewer.modes.focusReporting, "the mouse is the holder's")
    }

    /// Bytes that a program prints, seen by two windows of other sizes.
    static func checkUpdate(_ bytes: [UInt8]) {
        guard bytes.count > 4, let size = size(bytes[0], bytes[1]), let window = self.size(bytes[2], bytes[3]) else {
            return
        }
        let screen = Screen(size: size, scrollbackLimit: 50)
        let client = Screen(size: window, scrollbackLimit: 50)
        var (viewport, renderer) = (Viewport(), WindowRenderer())
        var image = ScreenImage(screen.snapshot(at: .start, scrollbackRows: 0))
        for piece in [bytes.dropFirst(4).prefix(bytes.count / 2), bytes.dropFirst(4 + bytes.count / 2)] {
            let before = screen.scrolledRows
            screen.feed(Array(piece))
            let now = ScreenImage(screen.snapshot(at: .start, scrollbackRows: 0))
            let (scrolled, skipped) = screen.scrolled(since: before, limit: 20)
            image.apply(ScreenUpdate(from: image, to: now, scrolled: scrolled, skippedRows: skipped))
            require(image.rows == now.rows, "an update brings what changed")
            let frame = viewport.frame(of: image, in: window)
            client.feed(renderer.bytes(for: frame, scrolled: scrolled, skippedRows: skipped))
            let shown = client.snapshot(at: .start, scrollbackRows: 0).shown.rows
            require(shown.map(\.cells) == frame.rows.map(\.cells), "a window shows its frame")
        }
    }

    private static func size(_ columns: UInt8, _ rows: UInt8) -> TerminalSize? {
        TerminalSize(columns: 1 + Int(columns) % 90, rows: 1 + Int(rows) % 30)
    }

    private static func feed(_ screen: Screen, _ bytes: ArraySlice<UInt8>, cutAt cut: UInt8) {
        var rest = bytes
        while !rest.isEmpty {
            screen.feed(Array(rest.prefix(1 + Int(cut))))
            rest = rest.dropFirst(1 + Int(cut))
        }
    }

    private static func filtered(_ bytes: [UInt8], cutAt cut: UInt8) -> [UInt8] {
        var filter = StreamFilter()
        var output: [UInt8] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            filter.filter(Array(rest.prefix(1 + Int(cut))), into: &output)
            rest = rest.dropFirst(1 + Int(cut))
        }
        return output
    }
}
