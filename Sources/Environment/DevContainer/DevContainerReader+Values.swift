import JSONText
import SessionModel
import Wire

/// Values of the kind that a property has, or an error that says where another stands.
extension DevContainerReader {
    func error(_ path: [String], _ sentence: String) -> DevContainerError {
        let name = path.filter { Int($0) == nil }.joined(separator: ".")
        return DevContainerError(
            place: document.place(of: path), sentence: name.isEmpty ? sentence : "\(name): \(sentence)")
    }

    mutating func warn(_ path: [String], _ sentence: String) {
        warnings.append("devcontainer.json, \(document.place(of: path)): \(sentence)")
    }

    /// What stands at a path; `nil` where nothing or `null` does.
    func value(_ path: [String]) -> JSONValue? {
        var value = document.value
        for name in path {
            guard let next = value[name] else { return nil }
            value = next
        }
        return value.isNull ? nil : value
    }

    func string(_ path: [String]) throws(DevContainerError) -> String? {
        guard let value = value(path) else { return nil }
        guard let text = value.string else { throw error(path, "it must be a string") }
        guard !text.utf8.contains(0) else { throw error(path, "there is a NUL in it") }
        return text
    }

    /// Of the names that a property has had, the first that is there.
    func firstString(_ paths: [[String]]) throws(DevContainerError) -> String? {
        for path in paths { if let text = try string(path) { return text } }
        return nil
    }

    /// A name that is no option, once its variables are known.
    func word(_ path: [String]) throws(DevContainerError) -> String? {
        guard let text = try string(path).map({ variables.expanded($0) }) else { return nil }
        guard let first = text.utf8.first, first != UInt8(ascii: "-"), !text.utf8.contains(where: { $0 <= 0x20 }) else {
            throw error(path, "\(text.quoted) can not be used as a name")
        }
        return text
    }

    func flag(_ path: [String]) throws(DevContainerError) -> Bool? {
        guard let value = value(path) else { return nil }
        guard let flag = value.bool else { throw error(path, "it must be true or false") }
        return flag
    }

    func object(_ path: [String]) throws(DevContainerError) -> JSONObject? {
        guard let value = value(path) else { return nil }
        guard let object = value.object else { throw error(path, "it must be an object, in { }") }
        return object
    }

    func array(_ path: [String]) throws(DevContainerError) -> [JSONValue]? {
        guard let value = value(path) else { return nil }
        guard let array = value.array else { throw error(path, "it must be a list, in [ ]") }
        return array
    }

    func strings(_ path: [String]) throws(DevContainerError) -> [String] {
        var all: [String] = []
        for (index, value) in (try array(path) ?? []).enumerated() {
            guard let text = value.string else { throw error(path + ["\(index)"], "it must be a string") }
            all.append(variables.expanded(text))
        }
        return all
    }

    /// An object of strings, as variables.
    func pairs(_ path: [String]) throws(DevContainerError) -> [EnvironmentVariable] {
        var all: [EnvironmentVariable] = []
        for (name, value) in (try object(path))?.members ?? [] {
            try checkVariable(name, path + [name])
            guard let text = value.string else { throw error(path + [name], "it must be a string") }
            all.append(EnvironmentVariable(name: name, value: variables.expanded(text)))
        }
        return all
    }

    func checkVariable(_ name: String, _ path: [String]) throws(DevContainerError) {
        let isName = name.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "=") }
        guard isName, !name.isEmpty, name.utf8.first != UInt8(ascii: "-") else {
            throw error(path, "\(name.quoted) is no name of a variable")
        }
    }
}
