import SessionModel

/// A Dockerfile as its instructions, read by the rules of the parser that Podman builds with (openshift/imagebuilder,
/// `dockerfile/parser`).
///
/// What two readers could take for different things is refused. The text that Podman then gets is written anew from the
/// instructions, one a line, so that what was looked at here is what is built.
package struct Dockerfile: Hashable, Sendable {
    package struct Instruction: Hashable, Sendable {
        /// In capitals.
        package var keyword: String
        /// What follows it, its continued lines put together.
        package var rest: [UInt8]
        /// Where it begins in the text, from 1.
        package var line: Int
        /// The lines of its here-documents, with those that end them.
        package var documents: [[UInt8]] = []
    }

    package internal(set) var instructions: [Instruction] = []
    /// Continues a line where it ends one: `\`, or a backtick where the first line says so.
    package private(set) var escape = UInt8(ascii: "\\")

    private static let keywords: Set = [
        "ADD", "ARG", "CMD", "COPY", "ENTRYPOINT", "ENV", "EXPOSE", "FROM", "HEALTHCHECK", "LABEL", "MAINTAINER",
        "ONBUILD", "RUN", "SHELL", "STOPSIGNAL", "USER", "VOLUME", "WORKDIR",
    ]
    /// Older builders stop reading at a line of 64 KiB without a word.
    private static let longestLine = 60_000

    /// - Parameter hasDocuments: whether the builder knows here-documents (Podman 4.8 and later).
    package init(parsing bytes: [UInt8], hasDocuments: Bool) throws(DockerfileError) {
        var lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false).map { line in
            Array(line.last == 0x0D ? line.dropLast() : line)
        }
        if let first = lines.first, first.starts(with: [0xEF, 0xBB, 0xBF]) { lines[0].removeFirst(3) }
        if lines.last?.isEmpty == true { lines.removeLast() }
        try readDirective(lines)
        var index = 0
        while index < lines.count {
            let start = index + 1
            let text = try logicalLine(lines, &index)
            guard !text.isEmpty else { continue }
            var instruction = try Self.instruction(text, line: start)
            if hasDocuments { try readDocuments(of: &instruction, lines, &index) }
            instructions.append(instruction)
        }
    }

    /// `# escape=X` on the first line. Further down builders differ about it.
    private mutating func readDirective(_ lines: [[UInt8]]) throws(DockerfileError) {
        for (index, line) in lines.enumerated() {
            let comment = line.drop(while: \.isBlank)
            guard comment.first == UInt8(ascii: "#") else { return }
            let words = comment.dropFirst().filter { !$0.isBlank }
            guard String(decoding: words, as: UTF8.self).lowercased().hasPrefix("escape=") else { continue }
            let mark = words.dropFirst("escape=".utf8.count).first
            guard index == 0, mark == UInt8(ascii: "`") || mark == UInt8(ascii: "\\"), let mark else {
                throw DockerfileError(line: index + 1, "escape can be ` or \\, and must stand on the first line")
            }
            escape = mark
        }
    }

    // MARK: Lines

    /// The next line with those that continue it; empty for a comment, and where there is nothing.
    private func logicalLine(_ lines: [[UInt8]], _ index: inout Int) throws(DockerfileError) -> [UInt8] {
        let start = index + 1
        var (text, isContinued) = try physicalLine(Array(lines[index].drop(while: \.isBlank)), start)
        index += 1
        while isContinued, index < lines.count {
            let line = lines[index]
            index += 1
            // Comments and empty lines may stand between.
            if let first = line.first(where: { !$0.isBlank }), first != UInt8(ascii: "#") {
                let (piece, goesOn) = try physicalLine(line, index)
                text += piece
                isContinued = goesOn
            }
        }
        while text.last?.isBlank == true { text.removeLast() }
        guard text.last != escape else { throw ambiguous(start) }
        guard text.count < Self.longestLine else {
            throw DockerfileError(line: start, "it is longer than \(Self.longestLine) bytes with what continues it")
        }
        return text
    }

    private func physicalLine(_ line: [UInt8], _ number: Int) throws(DockerfileError) -> ([UInt8], Bool) {
        guard line.first != UInt8(ascii: "#") else { return ([], false) }
        let end = line.lastIndex { $0 != 0x20 && $0 != 0x09 } ?? line.startIndex
        guard line.indices.contains(end), line[end] == escape else { return (line, false) }
        guard end == 0 || line[end - 1] != escape else { throw ambiguous(number) }
        return (Array(line[..<end]), true)
    }

    private func ambiguous(_ line: Int) -> DockerfileError {
        let mark = String(decoding: [escape], as: UTF8.self)
        return DockerfileError(line: line, "it ends in \(mark) in a way that builders read differently")
    }

    private static func instruction(_ text: [UInt8], line: Int) throws(DockerfileError) -> Instruction {
        let word = text.prefix { !$0.isBlank }
        let keyword = String(decoding: word, as: UTF8.self).uppercased()
        guard word.allSatisfy({ $0 < 0x80 }), keywords.contains(keyword) else {
            throw DockerfileError(line: line, "\(String(keyword.prefix(40)).quoted) is no instruction")
        }
        return Instruction(keyword: keyword, rest: Array(text[word.endIndex...].drop(while: \.isBlank)), line: line)
    }

    // MARK: Here-documents

    private func readDocuments(
        of instruction: inout Instruction, _ lines: [[UInt8]], _ index: inout Int
    ) throws(DockerfileError) {
        for document in try HereDocument.all(of: instruction) {
            var isEnded = false
            while !isEnded, index < lines.count {
                isEnded = document.isEnd(lines[index])
                instruction.documents.append(lines[index])
                index += 1
            }
            guard isEnded else {
                throw DockerfileError(line: instruction.line, "the here-document \(document.name) has no end")
            }
        }
    }

    /// What is built from it.
    package var text: [UInt8] {
        var all = escape == UInt8(ascii: "\\") ? [] : Array("# escape=`\n".utf8)
        for instruction in instructions {
            let lines = [Array(instruction.keyword.utf8) + [0x20] + instruction.rest] + instruction.documents
            for line in lines { all += line + [0x0A] }
        }
        return all
    }
}

/// What is wrong with a Dockerfile, and in which line.
package struct DockerfileError: Error, Hashable, Sendable {
    package let line: Int
    package let sentence: String

    package init(line: Int, _ sentence: String) {
        self.line = line
        self.sentence = sentence
    }
}

extension UInt8 {
    /// What parts the words of a Dockerfile.
    var isBlank: Bool { self == 0x20 || (0x09...0x0D).contains(self) && self != 0x0A }
}
