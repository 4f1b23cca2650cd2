package import Wire

/// The words of a Dockerfile with its variables put in: quotes, `$NAME`, `${NAME}`, and `${NAME:-WORD}` with its kin.
struct DockerfileWords {
    private(set) var values: [String: String]

    /// - Parameter given: values that go before those that the Dockerfile gives.
    init(given: [EnvironmentVariable]) {
        values = Self.platform
        for variable in given { values[variable.name] = variable.value }
        self.given = Set(given.map(\.name))
    }

    private let given: Set<String>

    /// What builders set themselves, for an image of this machine's kind.
    private static var platform: [String: String] {
        var all: [String: String] = [:]
        for kind in ["TARGET", "BUILD"] {
            all["\(kind)PLATFORM"] = "linux/\(architecture)"
            all["\(kind)OS"] = "linux"
            all["\(kind)ARCH"] = architecture
            all["\(kind)VARIANT"] = ""
        }
        return all
    }

    /// As images name it.
    static var architecture: String {
        #if arch(x86_64)
        "amd64"
        #elseif arch(arm64)
        "arm64"
        #else
        "unknown"
        #endif
    }

    /// Takes up what an `ARG` says: `NAME`, or `NAME=WORD`, once or more.
    mutating func take(_ argument: [UInt8]) {
        for word in Self.words(String(decoding: argument, as: UTF8.self)) {
            let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, !given.contains(String(parts[0])), let value = expanded(String(parts[1])) else {
                continue
            }
            values[String(parts[0])] = value
        }
    }

    /// Parts at blanks that are in no quotes.
    private static func words(_ text: String) -> [String] {
        var (all, word, quote): ([String], String, Character?) = ([], "", nil)
        for character in text {
            if quote == nil, character.isWhitespace {
                if !word.isEmpty { all.append(word) }
                word = ""
                continue
            }
            if character == quote { quote = nil } else if quote == nil, "'\"".contains(character) { quote = character }
            word.append(character)
        }
        return word.isEmpty ? all : all + [word]
    }

    /// `nil` for what is written in a way that is not known here.
    func expanded(_ text: String) -> String? {
        var rest = text[...]
        guard let result = expanded(&rest, until: nil), rest.isEmpty else { return nil }
        return result
    }

    private func expanded(_ rest: inout Substring, until end: Character?) -> String? {
        var (result, quote): (String, Character?) = ("", nil)
        while let character = rest.first {
            if character == end, quote == nil { return result }
            rest.removeFirst()
            if character == quote {
                quote = nil
            } else if quote == "'" {
                result.append(character)
            } else if quote == nil, "'\"".contains(character) {
                quote = character
            } else if character == "\\" {
                guard let next = rest.popFirst() else { return nil }
                result.append(next)
            } else if character == "$" {
                guard let value = variable(&rest) else { return nil }
                result += value
            } else {
                result.append(character)
            }
        }
        return quote == nil && end == nil ? result : nil
    }

    /// What stands for a variable, behind its `$`.
    private func variable(_ rest: inout Substring) -> String? {
        let isInBraces = rest.first == "{"
        if isInBraces { rest.removeFirst() }
        let name = rest.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
        guard let first = name.first, !first.isNumber else { return nil }
        rest = rest[name.endIndex...]
        let value = values[String(name)]
        guard isInBraces else { return value ?? "" }
        guard let mark = rest.popFirst() else { return nil }
        if mark == "}" { return value ?? "" }
        let isThere = mark == ":" ? value?.isEmpty == false : value != nil
        guard let operation = mark == ":" ? rest.popFirst() : mark, "-+".contains(operation),
            let word = expanded(&rest, until: "}"), rest.popFirst() == "}"
        else { return nil }
        return operation == "-" ? (isThere ? value : word) : (isThere ? word : "")
    }
}
