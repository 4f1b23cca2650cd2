/// The line that stands half-typed at the prompt, and who wrote it.
package struct TypedLine: Hashable, Sendable {
    /// Enter, `Ctrl-C`, `Ctrl-D` and `Ctrl-U`: behind these nothing stands.
    private static let ends: Set<UInt8> = [0x0D, 0x0A, 0x03, 0x04, 0x15]
    private static let enters: Set<UInt8> = [0x0D, 0x0A]

    /// In the order in which they began; nobody while no line stands.
    package private(set) var writers: [String] = []
    /// What was typed, while that is what stands there.
    private var text: [UInt8]? = []
    /// Whether some of it was typed to be kept out of the record.
    private var isHidden = false

    /// A line that was entered.
    package struct Entered: Hashable, Sendable {
        package var writers: [String]
        package var text: [UInt8]?
        package var isHidden = false
    }

    package init() {}

    package var isOpen: Bool { !writers.isEmpty }

    /// Somebody's keys, or part of a paste, reached the prompt. Within a paste nothing ends a line.
    ///
    /// - Returns: the lines that were entered with it, of which something stood there.
    @discardableResult
    package mutating func note(
        _ bytes: ArraySlice<UInt8>, isPaste: Bool, isHidden: Bool = false, by name: String
    ) -> [Entered] {
        var entered: [Entered] = []
        var rest = bytes
        while !isPaste, let end = rest.firstIndex(where: Self.ends.contains) {
            write(rest[..<end], isPaste: false, isHidden: isHidden, by: name)
            if isOpen, Self.enters.contains(rest[end]) {
                entered.append(
                    Entered(
                        writers: writers.contains(name) ? writers : writers + [name], text: text,
                        isHidden: self.isHidden))
            }
            clear()
            rest = rest[(end + 1)...]
        }
        write(rest, isPaste: isPaste, isHidden: isHidden, by: name)
        return entered
    }

    /// The line is gone: what is typed goes to a program.
    package mutating func clear() {
        writers = []
        text = []
        isHidden = false
    }

    /// Whose line stands there, for somebody who takes it over; `nil` if none, or only their own.
    package func owners(besides name: String) -> String? {
        let others = writers.filter { $0 != name }
        return others.isEmpty ? nil : others.joined(separator: " and ")
    }

    private mutating func write(_ bytes: ArraySlice<UInt8>, isPaste: Bool, isHidden: Bool, by name: String) {
        guard !bytes.isEmpty else { return }
        if isHidden { self.isHidden = true }
        if !writers.contains(name) { writers.append(name) }
        // A key that edits makes something else of the line than what was typed; the marks of a paste do not.
        let plain = isPaste ? Self.withoutPasteMarks(bytes) : bytes
        let isText = plain.allSatisfy { $0 >= 0x20 && $0 != 0x7F || isPaste && ($0 == 0x0D || $0 == 0x0A) }
        guard isText, let before = text, before.count + plain.count <= EnteredLines.textLimit else {
            return text = nil
        }
        text = before + plain
    }

    private static func withoutPasteMarks(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var rest = bytes
        if rest.starts(with: [0x1B, 0x5B, 0x32, 0x30, 0x30, 0x7E]) { rest = rest.dropFirst(6) }
        if rest.suffix(6).elementsEqual([0x1B, 0x5B, 0x32, 0x30, 0x31, 0x7E]) { rest = rest.dropLast(6) }
        return rest
    }
}
