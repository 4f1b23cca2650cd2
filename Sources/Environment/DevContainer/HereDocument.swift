/// Lines below an instruction that belong to it, up to one that is its name (`RUN <<EOF`).
struct HereDocument {
    let name: String
    /// Whether tabs before the name do not count.
    let mayBeIndented: Bool

    /// - Parameter line: without its line break.
    func isEnd(_ line: [UInt8]) -> Bool {
        var line = line[...]
        while line.last == 0x0D { line.removeLast() }
        if mayBeIndented { line = line.drop { $0 == 0x09 } }
        return line.elementsEqual(name.utf8)
    }

    /// Those that an instruction begins. What could be one or not, depending on how a shell's words are read, is
    /// refused: the lines below would be instructions for one reader and text for another.
    static func all(of instruction: Dockerfile.Instruction) throws(DockerfileError) -> [HereDocument] {
        guard ["ADD", "COPY", "RUN", "ONBUILD"].contains(instruction.keyword) else { return [] }
        let words = instruction.rest.split(whereSeparator: \.isBlank)
        let unclear = DockerfileError(
            line: instruction.line, "write its here-document as <<NAME, before anything that is quoted")
        var (all, isQuoted): ([HereDocument], Bool) = ([], false)
        for word in words {
            let text = String(decoding: word, as: UTF8.self)
            if let document = document(text) {
                guard !isQuoted, instruction.keyword != "ONBUILD" else { throw unclear }
                all.append(document)
            } else if mayBeDocument(text) {
                throw unclear
            }
            isQuoted = isQuoted || text.utf8.contains { "'\"\\`$".utf8.contains($0) }
        }
        return all
    }

    private static func document(_ word: String) -> HereDocument? {
        var rest = word.drop { $0.isASCII && $0.isNumber }
        guard rest.hasPrefix("<<") else { return nil }
        rest = rest.dropFirst(2)
        let isIndented = rest.first == "-"
        if isIndented { rest = rest.dropFirst() }
        if let quote = rest.first, quote == "'" || quote == "\"", rest.count > 2, rest.last == quote {
            rest = rest.dropFirst().dropLast()
        }
        let isName = rest.utf8.allSatisfy { byte in
            byte == UInt8(ascii: "_") || byte < 0x80 && Character(Unicode.Scalar(byte)).isLetter
                || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
        }
        guard isName, !rest.isEmpty else { return nil }
        return HereDocument(name: String(rest), mayBeIndented: isIndented)
    }

    /// `<<<` is a shell's own, and so is `<<` in the middle of a plain word.
    private static func mayBeDocument(_ word: String) -> Bool {
        let bytes = Array(word.utf8)
        // What begins otherwise is no here-document; a space that is no ASCII may part words, too.
        let isPlainBefore = { (index: Int) in
            let before = bytes[..<index].drop { (0x30...0x39).contains($0) }
            guard let first = before.first, before.allSatisfy({ $0 < 0x80 }) else { return false }
            return !"'\"\\`$<".utf8.contains(first) || before.starts(with: "$(".utf8)
        }
        var index = 0
        while index + 1 < bytes.count {
            guard bytes[index] == UInt8(ascii: "<"), bytes[index + 1] == UInt8(ascii: "<") else {
                index += 1
                continue
            }
            let run = bytes[index...].prefix { $0 == UInt8(ascii: "<") }.count
            if run == 2, !isPlainBefore(index) { return true }
            index += run
        }
        return false
    }
}
