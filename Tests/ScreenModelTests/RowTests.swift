import ScreenModel
import Testing

@Suite("A row")
struct RowTests {
    /// The definition: every scalar in order, then the blanks at the end are taken off.
    private func slowText(of row: Row) -> String {
        var scalars = String.UnicodeScalarView()
        var nextMark = row.marks.startIndex
        for (column, cell) in row.cells.enumerated() where !cell.isContinuation {
            scalars.append(cell.scalar)
            while nextMark < row.marks.endIndex, row.marks[nextMark].column <= column {
                scalars.append(contentsOf: row.marks[nextMark].scalars)
                nextMark += 1
            }
        }
        while scalars.last == " " { scalars.removeLast() }
        return String(scalars)
    }

    private func randomRow(_ random: inout SystemRandomNumberGenerator) -> Row {
        let glyphs: [Unicode.Scalar] = ["a", " ", " ", " ", "é", "漢", "\u{0}", "~", "🙂"]
        var cells: [Cell] = []
        while cells.count < 12 {
            let isWide = Bool.random(using: &random) && cells.count < 11
            let glyph = glyphs.randomElement(using: &random) ?? " "
            let style = Bool.random(using: &random) ? Style.plain : Style(attributes: .bold)
            cells.append(Cell(glyph, isWide: isWide, style: style))
            if isWide { cells.append(.continuation(style)) }
        }
        let marks = cells.indices.filter { !cells[$0].isContinuation && Int.random(in: 0..<8, using: &random) == 0 }.map
        {
            Row.Mark(column: $0, scalars: ["\u{301}", "\u{323}"])
        }
        return Row(cells: cells, marks: marks)
    }

    @Test("reads as its glyphs and marks in order, without the blanks at its end")
    func text() {
        var random = SystemRandomNumberGenerator()
        for _ in 0..<5_000 {
            let row = randomRow(&random)
            #expect(row.text == slowText(of: row), "\(row)")
            #expect(row.isBlank == slowText(of: row).isEmpty, "\(row)")
        }
    }

    @Test("is blank where there are blanks only, whatever their style")
    func blank() {
        #expect(Row(cells: []).isBlank)
        #expect(Row(cells: Array(repeating: .erased(Style(attributes: .reverse)), count: 4)).isBlank)
        #expect(!Row(cells: [.blank, Cell("x"), .blank]).isBlank)
        #expect(!Row(cells: [.blank, .blank], marks: [.init(column: 1, scalars: ["\u{301}"])]).isBlank)
        #expect(Row(cells: [.blank, .blank], marks: [.init(column: 1, scalars: ["\u{301}"])]).text == "  \u{301}")
    }
}
