import JSONText
import ScreenModel
import SessionModel
import Wire

extension ControlMethod {
    static let screenResult: [Schema.Property] = [
        .init("revision", .count, isRequired: true, "of the screen: how much was ever printed"),
        .init("columns", .count, isRequired: true, "of the terminal"),
        .init("rows", .count, isRequired: true, "of the terminal"),
        .init("lines", .list(.string(limit: 65_536)), isRequired: true, "the rows as text, without blanks at the end"),
        .init("cursor", .object(cursorSchema), isRequired: true, "where it stands"),
        .init("title", .text, isRequired: true, "what the program set"),
        .init("alternate", .boolean, isRequired: true, "whether a full-screen program shows its own screen"),
        .init("modes", .object(modesSchema), isRequired: true, "what the program asked of the terminal"),
        .init(
            "styled", .list(.string(limit: 262_144)), "the rows with their colours as escape sequences, if asked for"),
        .init("cells", .list(.list(.anything)), "runs of one style for each row, if asked for"),
    ]

    private static let cursorSchema: [Schema.Property] = [
        .init("row", .count, isRequired: true, "from 0"), .init("column", .count, isRequired: true, "from 0"),
        .init("visible", .boolean, isRequired: true, "whether it is shown"),
    ]

    private static let modesSchema: [Schema.Property] = [
        .init("bracketedPaste", .boolean, isRequired: true, "pastes are marked"),
        .init("applicationCursorKeys", .boolean, isRequired: true, "arrow keys send other sequences"),
        .init("mouse", .boolean, isRequired: true, "mouse reports are wanted"),
    ]

    static let screenGet = ControlMethod(
        "screen.get", "read the screen", details: "Reading disturbs nothing: it takes no turn and no size.",
        scope: .session(.observe), traits: [.readOnly, .idempotent],
        parameters: [
            .init("styled", .boolean, "the rows with their colours, too"),
            .init("cells", .boolean, "the rows as runs of one style, too"),
        ],
        result: screenResult,
        verb: VerbForm("screen", [.session]) { result, _ in
            let lines = (result["lines"]?.array ?? []).compactMap(\.string)
            let end = lines.lastIndex { !$0.isEmpty }.map { $0 + 1 } ?? 0
            return lines[..<end].map { "\($0.inOrder)\n" }.joined()
        }
    ) { call async throws(ControlFailure) in
        guard case .looked(let snapshot) = try await call.live().ask(.look) else { throw .notRunning(call.session) }
        var json = ScreenFacts.json(ScreenImage(snapshot), title: snapshot.title)
        if call.flag("styled") == true { json["styled"] = .array(snapshot.shown.rows.map(ScreenFacts.styled)) }
        if call.flag("cells") == true { json["cells"] = .array(snapshot.shown.rows.map(ScreenFacts.cells)) }
        return .object(json)
    }
}

/// A screen as results tell of it.
enum ScreenFacts {
    static func json(_ image: ScreenImage, title: String) -> JSONObject {
        var json = JSONObject()
        json["revision"] = .count(image.offset.bytes)
        json["columns"] = .count(image.size.columns)
        json["rows"] = .count(image.size.rows)
        json["lines"] = .array(image.rows.map { .string($0.text) })
        json["cursor"] = [
            "row": .count(image.cursor.position.row), "column": .count(image.cursor.position.column),
            "visible": .bool(image.modes.cursorVisible),
        ]
        json["title"] = .string(title)
        json["alternate"] = .bool(image.isAlternate)
        json["modes"] = [
            "bracketedPaste": .bool(image.modes.bracketedPaste),
            "applicationCursorKeys": .bool(image.modes.applicationCursorKeys),
            "mouse": .bool(image.modes.mouse != .none),
        ]
        return json
    }

    /// A row with its colours as escape sequences (SGR), plain at its end.
    static func styled(_ row: Row) -> JSONValue {
        var writer = EscapeWriter()
        for run in runs(of: row) {
            writer.set(run.style)
            for scalar in run.text.unicodeScalars { writer.scalar(scalar) }
        }
        writer.set(.plain)
        return .string(String(decoding: writer.bytes, as: UTF8.self))
    }

    static func cells(_ row: Row) -> JSONValue {
        .array(
            runs(of: row).map { run in
                [
                    "column": .count(run.column), "text": .string(run.text),
                    "foreground": .count(run.style.foreground.rawValue),
                    "background": .count(run.style.background.rawValue),
                    "attributes": .count(run.style.attributes.rawValue),
                ]
            })
    }

    private struct Run {
        let column: Int
        let style: Style
        var text = ""
    }

    private static func runs(of row: Row) -> [Run] {
        var runs: [Run] = []
        var end = row.cells.count
        while end > 0, row.cells[end - 1] == .blank { end -= 1 }
        for (column, cell) in row.cells[..<end].enumerated() where !cell.isContinuation {
            if runs.last?.style != cell.style { runs.append(Run(column: column, style: cell.style)) }
            var scalars = String.UnicodeScalarView([cell.scalar])
            for mark in row.marks where mark.column == column { scalars.append(contentsOf: mark.scalars) }
            runs[runs.count - 1].text.unicodeScalars.append(contentsOf: scalars)
        }
        return runs
    }
}
