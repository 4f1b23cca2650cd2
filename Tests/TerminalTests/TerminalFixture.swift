import ScreenModel
import SessionModel
import Terminal
import Testing

/// What the tests of this target feed and compare.
struct TerminalFixture {
    let size: TerminalSize

    init(columns: Int = 20, rows: Int = 6) throws {
        size = try #require(TerminalSize(columns: columns, rows: rows))
    }

    func screen(_ bytes: [UInt8] = []) -> Screen {
        let screen = Screen(size: size, scrollbackLimit: 1_000)
        screen.feed(bytes)
        return screen
    }

    func screen(_ text: String) -> Screen { screen(Array(text.utf8)) }

    /// The screen fed in pieces of the given lengths, over and over.
    func screen(_ bytes: [UInt8], pieces: [Int]) -> Screen {
        let screen = screen()
        for piece in Self.cut(bytes, pieces) { screen.feed(Array(piece)) }
        return screen
    }

    static func cut(_ bytes: [UInt8], _ pieces: [Int]) -> [ArraySlice<UInt8>] {
        var rest = bytes[...]
        var cut: [ArraySlice<UInt8>] = []
        while !rest.isEmpty {
            let length = pieces[cut.count % pieces.count]
            cut.append(rest.prefix(length))
            rest = rest.dropFirst(length)
        }
        return cut
    }

    func snapshot(_ screen: Screen) -> ScreenSnapshot { screen.snapshot(at: .start, scrollbackRows: 1_000) }

    /// A fresh screen that was shown the snapshot.
    func restored(_ snapshot: ScreenSnapshot) -> Screen {
        screen(SnapshotRenderer.bytes(for: snapshot, scrollbackRows: 1_000, includesMouse: true))
    }

    static func filtered(_ bytes: [UInt8], pieces: [Int] = [1 << 20]) -> [UInt8] {
        var filter = StreamFilter()
        var output: [UInt8] = []
        for piece in cut(bytes, pieces) { filter.filter(Array(piece), into: &output) }
        return output
    }

    static func filtered(_ text: String) -> String { String(decoding: filtered(Array(text.utf8)), as: UTF8.self) }
}

extension ScreenSnapshot {
    /// The snapshot without what belongs to the holder's terminal only.
    var withoutMouse: ScreenSnapshot {
        var copy = self
        copy.modes.mouse = .none
        copy.modes.mouseEncoding = .plain
        copy.modes.focusReporting = false
        return copy
    }

    /// What differs, in words; nothing if nothing does. The title is no part of what a viewer is sent.
    func difference(from other: ScreenSnapshot) -> String? {
        var (one, two) = (self, other)
        (one.title, two.title) = ("", "")
        if one == two { return nil }
        if cursor != other.cursor { return "cursor \(cursor) / \(other.cursor)" }
        if modes != other.modes { return "modes \(modes) / \(other.modes)" }
        if region != other.region { return "region" }
        if tabStops != other.tabStops { return "tabs \(tabStops) / \(other.tabStops)" }
        if main.saved != other.main.saved { return "saved cursor" }
        if scrollback.count != other.scrollback.count {
            return "scrollback \(scrollback.count) / \(other.scrollback.count)"
        }
        let pairs = zip(scrollback + main.rows, other.scrollback + other.main.rows)
        for (index, (mine, theirs)) in pairs.enumerated() where mine != theirs {
            return "row \(index - scrollback.count): \(mine) / \(theirs)"
        }
        if isAlternate != other.isAlternate { return "alternate \(isAlternate)" }
        if alternate?.saved != other.alternate?.saved { return "alternate saved" }
        for (index, (mine, theirs)) in zip(shown.rows, other.shown.rows).enumerated() where mine != theirs {
            return "alternate row \(index): \(mine) / \(theirs)"
        }
        return "size or offset"
    }
}
