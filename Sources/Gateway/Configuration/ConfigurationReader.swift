private import Glibc
import SessionModel
package import SystemPackage
import Yams

/// Reads `cmdop.yaml`, and finds everything that is wrong in it, not just the first thing.
package struct ConfigurationReader {
    /// A mapping's value, with the place of its key.
    struct Pair {
        let key: String
        let keyNode: Node
        let value: Node
    }

    private let file: String
    /// What relative paths in the file are relative to.
    let base: FilePath
    private(set) var problems: [ConfigurationProblem] = []
    var result = Configuration()

    private init(file: String, base: FilePath) {
        self.file = file
        self.base = base
        result.keys = base.appending("../keys").lexicallyNormalized()
    }

    /// Reads a file. Relative paths in it are relative to its directory.
    package static func read(path: FilePath) -> (configuration: Configuration, problems: [ConfigurationProblem]) {
        do throws(FileRefusal) {
            let bytes = try RegularFile.read(path.string, limit: YAMLGuard.largest, followsLinks: true)
            return read(bytes, path: path)
        } catch {
            return (Configuration(), [ConfigurationProblem(file: path.string, error.sentence)])
        }
    }

    /// Reads the bytes of the file at the path.
    package static func read(
        _ bytes: [UInt8], path: FilePath
    ) -> (configuration: Configuration, problems: [ConfigurationProblem]) {
        read(bytes, file: path.string, base: absolute(path).removingLastComponent())
    }

    /// Reads the bytes of a file. With problems, the configuration is not to be used.
    package static func read(
        _ bytes: [UInt8], file: String, base: FilePath
    ) -> (configuration: Configuration, problems: [ConfigurationProblem]) {
        var reader = ConfigurationReader(file: file, base: base)
        if let root = reader.compose(bytes) { reader.readRoot(root) }
        let problems = reader.problems.sorted { ($0.line ?? 0, $0.column ?? 0) < ($1.line ?? 0, $1.column ?? 0) }
        return (reader.result, problems)
    }

    /// So that the paths in the file stay good in processes that run elsewhere.
    private static func absolute(_ path: FilePath) -> FilePath {
        guard path.isRelative, let here = getcwd(nil, 0) else { return path }
        defer { free(here) }
        return FilePath(String(cString: here)).pushing(path).lexicallyNormalized()
    }

    private mutating func readRoot(_ root: Node) {
        let pairs = mapping(
            root, "the configuration",
            keys: [
                "listen", "keys", "state", "panel-key", "local", "local-socket", "access", "environments", "sessions",
            ])
        result.sections = Set(pairs.map(\.key))
        for pair in pairs {
            switch pair.key {
            case "listen": readListen(pair.value)
            case "keys": if let path = path(pair.value, "keys") { result.keys = path }
            case "state": if let path = path(pair.value, "state") { result.state = path }
            case "panel-key": readPanelKey(pair.value)
            case "local": readLocal(pair.value)
            case "local-socket": if let path = path(pair.value, "local-socket") { result.localSocket = path }
            case "access": readAccess(pair.value)
            case "environments": readEnvironments(pair.value)
            default: break
            }
        }
        // After the environments, wherever in the file they stand.
        for pair in pairs where pair.key == "sessions" { readSessions(pair.value) }
    }

    private mutating func readListen(_ node: Node) {
        var listen: [ListenAddress] = []
        let items = list(node, "listen")
        if items.count > 64 { report(node, "listen may have at most 64 addresses") }
        for item in items.prefix(64) {
            guard let text = string(item, "an address in listen") else { continue }
            guard let address = ListenAddress(text) else {
                report(item, "\(text.quoted) is no ADDRESS:PORT such as \"127.0.0.1:2222\" or \"[::1]:2222\"")
                continue
            }
            if address.port != 0, listen.contains(address) { report(item, "\(address) is listed twice") }
            listen.append(address)
        }
        if case .sequence = node, items.isEmpty { report(node, "listen needs at least one ADDRESS:PORT") }
        result.listen = listen
    }

    private mutating func readPanelKey(_ node: Node) {
        guard let name = string(node, "panel-key") else { return }
        guard let key = PanelKey(name: name) else {
            return report(node, "panel-key can not be \(name.quoted); it may be \(PanelKey.names)")
        }
        result.panelKey = key
    }

    mutating func report(_ node: Node, _ sentence: String) {
        problems.append(
            ConfigurationProblem(file: file, line: node.mark?.line ?? 1, column: node.mark?.column ?? 1, sentence))
    }

    // MARK: YAML

    /// The document's root; nil for an empty document, or one that is not YAML.
    private mutating func compose(_ bytes: [UInt8]) -> Node? {
        do throws(YAMLGuard.Refusal) {
            let text = try YAMLGuard.text(of: bytes)
            do {
                return try Yams.compose(yaml: text, .default, .default, .utf8)
            } catch let error as YamlError {
                problems.append(problem(error, in: text))
            } catch {
                problems.append(ConfigurationProblem(file: file, line: 1, column: 1, "it is not YAML: \(error)"))
            }
        } catch {
            problems.append(
                ConfigurationProblem(file: file, line: error.line, column: error.column, error.sentence))
        }
        return nil
    }

    private func problem(_ error: YamlError, in text: String) -> ConfigurationProblem {
        func at(_ mark: Mark, _ sentence: String) -> ConfigurationProblem {
            ConfigurationProblem(file: file, line: mark.line, column: mark.column, sentence)
        }
        switch error {
        case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _),
            .composer(let context, let problem, let mark, _):
            return at(mark, "this is not YAML: " + (context.map { $0.text + ", " } ?? "") + problem)
        case .duplicatedKeysInMapping(let keys, let context):
            return at(context.mark, "key \((keys.first ?? "").quoted) stands twice in one mapping")
        case .reader(let problem, let offset, _, _):
            let before = text.prefix(offset ?? 0)
            let line = before.utf8.count(where: { $0 == 0x0A }) + 1
            let column = before.reversed().prefix { $0 != "\n" && $0 != "\r\n" }.count + 1
            return ConfigurationProblem(file: file, line: line, column: column, "this is not YAML: \(problem)")
        case .no, .memory, .writer, .emitter, .representer, .dataCouldNotBeDecoded:
            return ConfigurationProblem(file: file, line: 1, column: 1, "the file can not be read as YAML")
        }
    }
}
