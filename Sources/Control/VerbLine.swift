import JSONText
import SessionModel

/// A verb's words on their way to a method's arguments.
///
/// `--NAME VALUE` and `--NAME=VALUE` give any parameter of the method, `--NAME` alone a flag; `--json` may stand
/// anywhere before words that take the rest of the line, and `--` ends the options.
struct VerbLine {
    struct Request {
        var verb: VerbForm
        var method: ControlMethod
        var arguments: JSONObject
        var isJSON: Bool
    }

    private var rest: Substring
    private(set) var isJSON = false
    private var isHelp = false
    private var arguments = JSONObject()

    init(_ line: ByteString) { rest = line.carried[...] }

    mutating func read() throws(ControlFailure) -> Request {
        try readOptions(of: nil)
        let name = nextWord() ?? "ls"
        guard let (verb, method) = VerbTable.all.first(where: { $0.verb.name == name }) else {
            noteLateJSON()
            throw ControlFailure(.unknownVerb, "there is no verb '\(name.printable)'; 'help' lists them")
        }
        for word in verb.words {
            try readOptions(of: method)
            if isHelp { break }
            guard let text = word.isRest ? takeRest() : nextWord() else {
                if !word.title.hasPrefix("[") { throw usage(verb, method) }
                break
            }
            try set(word.parameter, text, of: method)
        }
        try readOptions(of: method)
        if isHelp, let help = VerbTable.all.first(where: { $0.verb.name == "help" }) {
            let arguments = JSONObject([("verb", .string(name))])
            return Request(verb: help.verb, method: help.method, arguments: arguments, isJSON: isJSON)
        }
        guard nextWord() == nil else {
            noteLateJSON()
            throw usage(verb, method)
        }
        return Request(verb: verb, method: method, arguments: arguments, isJSON: isJSON)
    }

    private mutating func noteLateJSON() {
        while let word = nextWord() { if word == "--json" { isJSON = true } }
    }

    private func usage(_ verb: VerbForm, _ method: ControlMethod) -> ControlFailure {
        let options =
            method.optionNames.isEmpty ? "[--json]" : "[OPTION…] [--json]; 'help \(verb.name)' has the options"
        return ControlFailure(.usage, "usage: \(verb.usage) \(options)")
    }

    // MARK: Words

    private func peekWord() -> Substring? {
        let start = rest.drop(while: \.isWhitespace)
        let word = start.prefix { !$0.isWhitespace }
        return word.isEmpty ? nil : word
    }

    private mutating func nextWord() -> String? {
        guard let word = peekWord() else { return nil }
        rest = rest[word.endIndex...]
        return String(word)
    }

    private mutating func takeRest() -> String? {
        let text = rest.drop(while: \.isWhitespace)
        rest = ""
        return text.isEmpty ? nil : String(text)
    }

    // MARK: Options

    private mutating func readOptions(of method: ControlMethod?) throws(ControlFailure) {
        while let word = peekWord(), word.hasPrefix("--") || (word.hasPrefix("-") && word.count > 1) {
            _ = nextWord()
            if word == "--" { return }
            if word == "--json" {
                isJSON = true
                continue
            }
            if word == "--help" {
                isHelp = true
                return
            }
            try readOption(word.drop { $0 == "-" }, of: method, written: word)
        }
    }

    private mutating func readOption(
        _ option: Substring, of method: ControlMethod?, written: Substring
    ) throws(ControlFailure) {
        let parts = option.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        let name = parts.first.map(Self.parameterName) ?? ""
        guard let method, let parameter = method.parameters.first(where: { $0.name == name }),
            written.hasPrefix("--")
        else {
            noteLateJSON()
            let known = method?.optionNames ?? []
            throw ControlFailure(
                .usage,
                "there is no option '\(String(written).printable)'; there is "
                    + (known + ["--json"]).joined(separator: ", "))
        }
        if parts.count > 1 { return try set(name, String(parts[1]), of: method) }
        if case .boolean = parameter.schema {
            arguments[name] = true
            return
        }
        guard let value = nextWord() else { throw ControlFailure(.usage, "--\(option) needs a value") }
        try set(name, value, of: method)
    }

    private mutating func set(_ name: String, _ text: String, of method: ControlMethod) throws(ControlFailure) {
        guard let parameter = method.parameters.first(where: { $0.name == name }) else { return }
        if ByteString.carriesBytes(text) {
            let bytes = ByteString(carried: text)
            guard method.parameters.contains(where: { $0.name == "\(name)Base64" }) else {
                throw ControlFailure(
                    .usage,
                    "\(name) must be text in UTF-8, and '\(bytes.shown.printable)' is none; 'exec' takes any bytes")
            }
            arguments["\(name)Base64"] = .string(Base64.encode(bytes.bytes))
            arguments[name] = .string(bytes.shown)
            return
        }
        arguments[name] = parameter.schema.value(of: text)
    }

    /// `keep-end` for `keepEnd`.
    private static func parameterName(_ option: Substring) -> String {
        let parts = option.split(separator: "-")
        return parts.dropFirst().reduce(String(parts.first ?? "")) { $0 + $1.prefix(1).uppercased() + $1.dropFirst() }
    }
}

extension ControlMethod {
    /// Its parameters as options of its verb: what no word stands for.
    package var optionNames: [String] {
        let words = verb?.words.map(\.parameter) ?? []
        return parameters.map(\.name).filter { !words.contains($0) }.map { name in
            "--"
                + name.reduce(into: "") { text, letter in
                    text += letter.isUppercase ? "-\(letter.lowercased())" : String(letter)
                }
        }
    }
}

extension VerbForm {
    package var usage: String { ([name] + words.map(\.title)).joined(separator: " ") }
}

extension Schema {
    /// A word of a command line as the value that it most likely is; what does not fit, the check complains of.
    fileprivate func value(of text: String) -> JSONValue {
        switch self {
        case .boolean: text == "true" || text == "yes" ? true : text == "false" || text == "no" ? false : .string(text)
        case .integer: Int64(text).map { .integer($0) } ?? .string(text)
        case .number: Double(text).map { .number($0) } ?? .string(text)
        case .optional(let schema): text == "none" ? .null : schema.value(of: text)
        case .list(let element): .array(text.split(separator: ",").map { element.value(of: String($0)) })
        case .string, .word, .object, .anything: .string(text)
        }
    }
}
