import SessionModel
import SystemPackage
import Yams

/// Typed values from YAML nodes: each returns what is there, or reports what should be.
extension ConfigurationReader {
    /// The pairs of a mapping whose keys are known; every other key is reported.
    mutating func mapping(_ node: Node, _ what: String, keys known: [String]) -> [Pair] {
        pairs(node, what).filter { pair in
            guard !known.contains(pair.key) else { return true }
            report(
                pair.keyNode, "unknown key \(pair.key.quoted) in \(what); known are \(known.joined(separator: ", "))")
            return false
        }
    }

    /// The pairs of a mapping, whatever their keys.
    mutating func pairs(_ node: Node, _ what: String) -> [Pair] {
        guard case .mapping(let mapping) = node else {
            report(node, "\(what) must be a mapping (key: value), not \(Self.kind(of: node))")
            return []
        }
        var pairs: [Pair] = []
        var seen: Set<String> = []
        for (keyNode, value) in mapping {
            guard let key = string(keyNode, "a key of \(what)") else { continue }
            if !seen.insert(key).inserted { report(keyNode, "key \(key.quoted) stands twice in \(what)") }
            pairs.append(Pair(key: key, keyNode: keyNode, value: value))
        }
        return pairs
    }

    mutating func list(_ node: Node, _ what: String) -> [Node] {
        guard case .sequence(let sequence) = node else {
            report(node, "\(what) must be a list, not \(Self.kind(of: node))")
            return []
        }
        return Array(sequence)
    }

    mutating func string(_ node: Node, _ what: String) -> String? {
        guard case .scalar(let scalar) = node, !Self.isNull(scalar) else {
            let hint =
                if case .scalar(let scalar) = node, scalar.string == "~" { " (write \"~\" in quotes)" } else { "" }
            report(node, "\(what) must be text, not \(Self.kind(of: node))\(hint)")
            return nil
        }
        guard !scalar.string.unicodeScalars.contains("\0") else {
            report(node, "\(what) has a NUL character in it")
            return nil
        }
        return scalar.string
    }

    /// A path, relative to the file's directory.
    mutating func path(_ node: Node, _ what: String) -> FilePath? {
        guard let text = string(node, what) else { return nil }
        guard !text.isEmpty, text.utf8.count < 4_096 else {
            report(node, "\(what) must be a path")
            return nil
        }
        return base.pushing(FilePath(text)).lexicallyNormalized()
    }

    mutating func integer(_ node: Node, _ what: String, in range: ClosedRange<Int>) -> Int? {
        guard case .scalar(let scalar) = node, scalar.style == .plain, scalar.string.utf8.count <= 18,
            scalar.string.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let value = Int(scalar.string)
        else {
            report(node, "\(what) must be a whole number, not \(Self.kind(of: node))")
            return nil
        }
        guard range.contains(value) else {
            report(node, "\(what) must be from \(range.lowerBound) to \(range.upperBound)")
            return nil
        }
        return value
    }

    mutating func flag(_ node: Node, _ what: String) -> Bool? {
        if case .scalar(let scalar) = node, scalar.style == .plain {
            if scalar.string == "true" { return true }
            if scalar.string == "false" { return false }
        }
        report(node, "\(what) must be true or false, not \(Self.kind(of: node))")
        return nil
    }

    mutating func duration(_ node: Node, _ what: String, in range: ClosedRange<Duration>) -> Duration? {
        guard let text = string(node, what) else { return nil }
        guard let value = Self.duration(text) else {
            report(node, "\(what) must be a time such as 500ms, 5s, 1m, 2h or 30d, not \(text.quoted)")
            return nil
        }
        guard range.contains(value) else {
            report(node, "\(what) must be from \(range.lowerBound) to \(range.upperBound)")
            return nil
        }
        return value
    }

    /// Reads a whole number and a unit: `ms`, `s`, `m` or `h`.
    static func duration(_ text: String) -> Duration? {
        let digits = text.utf8.prefix { (0x30...0x39).contains($0) }
        guard (1...9).contains(digits.count), let count = Int64(Substring(digits)) else { return nil }
        switch text.dropFirst(digits.count) {
        case "ms": return .milliseconds(count)
        case "s": return .seconds(count)
        case "m": return .seconds(count * 60)
        case "h": return .seconds(count * 3_600)
        case "d": return .seconds(count * 86_400)
        default: return nil
        }
    }

    /// One of the words, or a report that names them all.
    mutating func choice<Choice>(_ node: Node, _ what: String, _ choices: [(String, Choice)]) -> Choice? {
        guard let text = string(node, what) else { return nil }
        if let found = choices.first(where: { $0.0 == text }) { return found.1 }
        report(node, "\(what) can not be \(text.quoted); it may be \(choices.map(\.0).joined(separator: ", "))")
        return nil
    }

    mutating func glob(_ node: Node, _ what: String) -> Glob? {
        guard let text = string(node, what) else { return nil }
        guard let glob = Glob(text) else {
            report(node, "\(what) is \(text.quoted), which matches no name: use a-z 0-9 . _ - and the wildcards * ?")
            return nil
        }
        return glob
    }

    mutating func globs(_ node: Node, _ what: String) -> [Glob] {
        let items = list(node, what)
        var globs: [Glob] = []
        for item in items {
            if let glob = glob(item, "a name in \(what)") { globs.append(glob) }
        }
        if case .sequence = node, items.isEmpty { report(node, "\(what) must name somebody or something") }
        return globs
    }

    private static func isNull(_ scalar: Node.Scalar) -> Bool {
        scalar.style == .plain && ["", "~", "null", "Null", "NULL"].contains(scalar.string)
    }

    private static func kind(of node: Node) -> String {
        switch node {
        case .scalar(let scalar): isNull(scalar) ? "nothing" : scalar.string.quoted
        case .mapping: "a mapping"
        case .sequence: "a list"
        case .alias: "an alias"
        }
    }
}
