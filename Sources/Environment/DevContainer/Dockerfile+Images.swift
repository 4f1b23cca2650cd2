import SessionModel
package import Wire

/// What a build begins with, and what it takes from other images.
extension Dockerfile {
    package struct Image: Hashable, Sendable {
        package var name: String
        /// Where it is to be for another kind of machine.
        package var platform: String?
        /// Of the instruction that names it.
        package var line: Int

        func isSame(as other: Image) -> Bool { name == other.name && platform == other.platform }
    }

    /// The images that it names, each once: of each `FROM`, and of each `COPY --from`.
    package func images(arguments: [EnvironmentVariable]) throws(DockerfileError) -> [Image] {
        var all: [Image] = []
        for (_, use) in try uses(arguments) {
            guard case .image(let image) = use else { continue }
            if !all.contains(where: image.isSame) { all.append(image) }
        }
        return all
    }

    /// The same, begun from exactly these.
    ///
    /// - Parameter ids: what the images that ``images(arguments:)`` named are, and stay.
    package func pinned(
        arguments: [EnvironmentVariable], ids: [Image: String]
    ) throws(DockerfileError) -> Dockerfile {
        var pinned = self
        for (index, use) in try uses(arguments) where instructions[index].keyword == "FROM" {
            let base: String
            switch use {
            case .image(let image):
                guard let id = ids.first(where: { $0.key.isSame(as: image) })?.value else {
                    preconditionFailure("an image of a Dockerfile was not looked at")
                }
                base = id
            case .stage(let name): base = name
            case .nothing: base = "scratch"
            }
            let name = try Self.words(ofFrom: instructions[index]).name.map { " AS \($0)" } ?? ""
            pinned.instructions[index].rest = Array("\(base)\(name)".utf8)
        }
        return pinned
    }

    private enum Use {
        case image(Image)
        /// By the name that the stage was given, exactly.
        case stage(String)
        case nothing
    }

    private func uses(_ arguments: [EnvironmentVariable]) throws(DockerfileError) -> [(index: Int, Use)] {
        var all: [(Int, Use)] = []
        let given = DockerfileWords(given: arguments)
        var (words, heading, stages): (DockerfileWords, DockerfileWords, [String]) = (given, given, [])
        var count = 0
        for (index, instruction) in instructions.enumerated() {
            switch instruction.keyword {
            case "ARG":
                words.take(instruction.rest)
                if count == 0 { heading = words }
            case "FROM":
                let parts = try Self.words(ofFrom: instruction)
                all.append((index, try Self.base(parts, of: instruction, heading, stages)))
                if let name = parts.name { stages.append(name) }
                words = heading
                count += 1
            default:
                guard count > 0 else {
                    throw DockerfileError(line: instruction.line, "before its first FROM there can only be ARG")
                }
                if let image = try Self.source(of: instruction, words, stages) { all.append((index, .image(image))) }
            }
        }
        return all
    }

    // MARK: FROM

    private typealias FromWords = (platform: String?, base: String, name: String?)

    private static func words(ofFrom instruction: Instruction) throws(DockerfileError) -> FromWords {
        var words = instruction.rest.split(whereSeparator: \.isBlank).map { String(decoding: $0, as: UTF8.self) }
        var platform: String?
        let flag = "--platform="
        if let first = words.first, first.hasPrefix(flag) {
            platform = String(first.dropFirst(flag.count))
            words.removeFirst()
        }
        guard words.count == 1 || words.count == 3 && words[1].lowercased() == "as", !words[0].hasPrefix("-") else {
            throw DockerfileError(line: instruction.line, "FROM is followed by an image, or by an image AS a name")
        }
        guard words.count == 3 else { return (platform, words[0], nil) }
        let isName = words[2].utf8.allSatisfy { byte in
            byte < 0x80 && (Character(Unicode.Scalar(byte)).isLetter || Character(Unicode.Scalar(byte)).isNumber)
                || "_-.".utf8.contains(byte)
        }
        // A number is the place of a stage.
        guard isName, words[2].first?.isLetter == true else {
            throw DockerfileError(line: instruction.line, "\(words[2].quoted) is no name of a stage")
        }
        return (platform, words[0], words[2])
    }

    private static func base(
        _ parts: FromWords, of instruction: Instruction, _ words: DockerfileWords, _ stages: [String]
    ) throws(DockerfileError) -> Use {
        let name = try expanded(parts.base, words, instruction.line)
        if name == "scratch" { return .nothing }
        if stages.contains(name) { return .stage(name) }
        if let stage = stages.last(where: { $0.lowercased() == name.lowercased() }) { return .stage(stage) }
        let platform = try parts.platform.map { text throws(DockerfileError) in
            try expanded(text, words, instruction.line)
        }
        let isOurs = platform == "linux/\(DockerfileWords.architecture)" || platform?.isEmpty == true
        return .image(try image(name, isOurs ? nil : platform, instruction.line))
    }

    private static func expanded(
        _ text: String, _ words: DockerfileWords, _ line: Int
    ) throws(DockerfileError) -> String {
        guard let text = words.expanded(text) else {
            throw DockerfileError(line: line, "\(text.quoted) has variables in a form that is not known here")
        }
        return text
    }

    private static func image(
        _ name: String, _ platform: String?, _ line: Int
    ) throws(DockerfileError) -> Image {
        let isPlatform = platform?.utf8.allSatisfy { byte in
            byte == UInt8(ascii: "/") || byte < 0x80 && Character(Unicode.Scalar(byte)).isLetter
                || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
        }
        guard ImageName.isOfRegistry(name), isPlatform != false else {
            throw DockerfileError(line: line, "\(name.quoted) is no name of an image")
        }
        return Image(name: name, platform: platform, line: line)
    }

    // MARK: COPY --from

    /// The image that it takes files from. Where the name can not be told, Podman has the last word: it only finds what
    /// is there.
    private static func source(
        of instruction: Instruction, _ words: DockerfileWords, _ stages: [String]
    ) throws(DockerfileError) -> Image? {
        guard instruction.keyword == "COPY" else { return nil }
        let flags = instruction.rest.split(whereSeparator: \.isBlank).map { String(decoding: $0, as: UTF8.self) }
            .prefix { $0.hasPrefix("--") }
        guard let flag = flags.last(where: { $0.hasPrefix("--from=") }),
            let name = words.expanded(String(flag.dropFirst("--from=".count))), Int(name) == nil,
            !stages.contains(where: { $0.lowercased() == name.lowercased() })
        else { return nil }
        return try image(name, nil, instruction.line)
    }
}
