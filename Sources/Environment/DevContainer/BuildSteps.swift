import SessionModel

/// Which instructions of a build may run where Podman does not keep what they mount in bounds: before 5.4 a link in an
/// image leads out of the build (CVE-2024-1753 and others).
package enum BuildSteps {
    /// Options of `RUN` that reach nothing of this machine.
    private static let harmless: Set = ["--network=none", "--network=default"]

    /// What is wrong with a project's own Dockerfile.
    ///
    /// - Parameter allowsOnBuild: whether instructions for what is built on it later are let through.
    package static func check(_ file: Dockerfile, allowsOnBuild: Bool) throws(DockerfileError) {
        for instruction in file.instructions {
            if instruction.keyword == "ONBUILD", !allowsOnBuild {
                let text = "ONBUILD \(String(decoding: instruction.rest, as: UTF8.self))"
                throw DockerfileError(line: instruction.line, "it has \(text.quoted): \(onBuildIsRefused)")
            }
            if let option = option(of: instruction) {
                throw DockerfileError(line: instruction.line, refusal(of: option))
            }
        }
    }

    /// What a project's own Dockerfile may have nowhere, whatever Podman's version.
    package static func checkNetwork(_ file: Dockerfile) throws(DockerfileError) {
        for instruction in file.instructions where instruction.keyword == "RUN" {
            let options = instruction.rest.split(whereSeparator: \.isBlank).prefix { $0.starts(with: "--".utf8) }
            for option in options.map({ String(decoding: $0, as: UTF8.self) })
            where option.contains("network") && !harmless.contains(option) {
                throw DockerfileError(line: instruction.line, refusal(of: option.quoted))
            }
        }
    }

    package static let onBuildIsRefused = """
        Podman before 5.4 does not keep ONBUILD instructions in bounds, so nothing is built with one here; \
        allow-onbuild: true of the environment allows those without --mount
        """

    private static func refusal(of option: String) -> String {
        guard option.contains("network") else {
            return "it has a RUN with --mount or another option (\(option)), by which it could mount any folder of "
                + "this machine: Podman keeps that in bounds from version 5.4 on only, so it is not built here"
        }
        return "it has a RUN with \(option), which would open this machine's network to it: it is not built here"
    }

    /// Why an image's instructions for what is built on it may not run, whatever is allowed; `nil` where they may.
    ///
    /// The builder reads them as one text, with no look at what was found here: what is not plain is refused.
    package static func reasonAgainst(_ triggers: [String], hasDocuments: Bool) -> String? {
        let text = triggers.joined(separator: "\n")
        let bare = text.unicodeScalars.filter { !$0.properties.isWhitespace && !"'\"\\`".unicodeScalars.contains($0) }
        var whole = String.UnicodeScalarView()
        whole.append(contentsOf: bare)
        guard !String(whole).lowercased().contains("--mount") else { return mounts }
        guard text.utf8.allSatisfy({ $0 < 0x80 }), !triggers.contains(where: isContinued),
            let file = try? Dockerfile(parsing: Array(text.utf8), hasDocuments: hasDocuments)
        else { return "they are not written plainly" }
        for instruction in file.instructions {
            if ["ONBUILD", "FROM"].contains(instruction.keyword) {
                return "\(instruction.keyword) can not be among them"
            }
            if let option = option(of: instruction) { return "a RUN of them has the option \(option)" }
        }
        return nil
    }

    private static let mounts = """
        one of them has --mount, by which it could mount any folder of this machine: Podman keeps that in bounds from \
        version 5.4 on only
        """

    /// Whether the next one would be a part of it.
    private static func isContinued(_ trigger: String) -> Bool {
        let last = trigger.utf8.last { !$0.isBlank && $0 != 0x0A }
        return last == UInt8(ascii: "\\") || last == UInt8(ascii: "`")
    }

    /// The first option of a `RUN` that is not known to be harmless; also of one within `ONBUILD`.
    static func option(of instruction: Dockerfile.Instruction) -> String? {
        var (keyword, rest) = (instruction.keyword, instruction.rest[...])
        while keyword == "ONBUILD" {
            let word = rest.prefix { !$0.isBlank }
            // Builders take spaces for such that are none in ASCII.
            guard word.allSatisfy({ $0 < 0x80 }) else { return shown(Array(rest)) }
            keyword = String(decoding: word, as: UTF8.self).uppercased()
            rest = rest[word.endIndex...].drop(while: \.isBlank)
        }
        guard keyword == "RUN" else { return nil }
        while let first = rest.first {
            guard first < 0x80 else { return shown(Array(rest)) }
            guard rest.starts(with: "--".utf8) else { return nil }
            let word = rest.prefix { !$0.isBlank }
            guard harmless.contains(String(decoding: word, as: UTF8.self)) else { return shown(Array(word)) }
            rest = rest[word.endIndex...].drop(while: \.isBlank)
        }
        return nil
    }

    /// The beginning, for a sentence.
    private static func shown(_ bytes: [UInt8]) -> String { String(decoding: bytes.prefix(120), as: UTF8.self).quoted }
}

extension Dockerfile {
    /// Whether a `RUN` mounts something, or may: it has an option that is not known to be harmless, or it is not clear
    /// what is an instruction.
    package static func hasMounts(_ text: String) -> Bool {
        guard let file = try? Dockerfile(parsing: Array(text.utf8), hasDocuments: false) else { return true }
        return file.instructions.contains { BuildSteps.option(of: $0) != nil }
    }
}
