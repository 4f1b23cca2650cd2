/// The line that stands half-typed at the prompt, and who wrote it.
package struct TypedLine: Hashable, Sendable {
    /// Enter, `Ctrl-C`, `Ctrl-D` and `Ctrl-U`: behind these nothing stands.
    private static let ends: Set<UInt8> = [0x0D, 0x0A, 0x03, 0x04, 0x15]

    /// In the order in which they began; nobody while no line stands.
    package private(set) var writers: [String] = []

    /// Who wrote the line that was ended last, whoever ended it among them.
    package private(set) var lastWriters: [String] = []

    package init() {}

    package var isOpen: Bool { !writers.isEmpty }

    /// Somebody's keys, or part of a paste, reached the prompt. Within a paste nothing ends a line.
    package mutating func note(_ bytes: ArraySlice<UInt8>, isPaste: Bool, by name: String) {
        var rest = bytes
        if !isPaste, let end = bytes.lastIndex(where: Self.ends.contains) {
            lastWriters = writers.contains(name) ? writers : writers + [name]
            writers = []
            rest = bytes[(end + 1)...]
        }
        if !rest.isEmpty, !writers.contains(name) { writers.append(name) }
    }

    /// The line is gone: what is typed goes to a program.
    package mutating func clear() { writers = [] }

    /// Whose line stands there, for somebody who takes it over; `nil` if none, or only their own.
    package func owners(besides name: String) -> String? {
        let others = writers.filter { $0 != name }
        return others.isEmpty ? nil : others.joined(separator: " and ")
    }
}
