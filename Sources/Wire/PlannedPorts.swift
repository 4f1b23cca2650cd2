/// What the programs of a session are to listen on, and what people call their ports. Its text is the file `ports` of
/// the session's directory: a line for each, `forward PORT` or `label FIRST LAST TEXT`.
package struct PlannedPorts: Hashable, Sendable {
    package struct Label: Hashable, Sendable {
        package var ports: ClosedRange<UInt16>
        package var text: String

        package init(ports: ClosedRange<UInt16>, text: String) {
            self.ports = ports
            self.text = text
        }
    }

    package var forwarded: [UInt16]
    package var labels: [Label]

    package init(forwarded: [UInt16] = [], labels: [Label] = []) {
        self.forwarded = forwarded
        self.labels = labels
    }

    package func label(of port: UInt16) -> String? { labels.first { $0.ports.contains(port) }?.text }

    package var text: String {
        let lines =
            forwarded.map { "forward \($0)" }
            + labels.map { label in
                let line = label.text.filter { !$0.isNewline }
                return "label \(label.ports.lowerBound) \(label.ports.upperBound) \(line)"
            }
        return lines.map { "\($0)\n" }.joined()
    }

    /// Lines of kinds that are not known are left out.
    package init(text: String) {
        self.init()
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ", maxSplits: 3, omittingEmptySubsequences: false)
            let numbers = words.dropFirst().prefix(2).compactMap { UInt16($0) }
            if words.count == 2, words[0] == "forward", let port = numbers.first { forwarded.append(port) }
            if words.count == 4, words[0] == "label", numbers.count == 2, numbers[0] <= numbers[1] {
                labels.append(Label(ports: numbers[0]...numbers[1], text: String(words[3])))
            }
        }
    }
}
