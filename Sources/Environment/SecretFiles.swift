import Platform
package import Wire

/// Secrets as files of a folder: each one's name is a variable's, its contents are the value; or they stay files.
package enum SecretFiles {
    /// Bytes of one value.
    package static let limit = 32 * 1_024

    /// All of them, by name; none where there is no folder.
    package static func variables(in directory: String?) throws(SecretFilesError) -> [EnvironmentVariable] {
        var all: [EnvironmentVariable] = []
        for name in try names(in: directory) {
            all.append(EnvironmentVariable(name: name, value: try value(of: name, in: directory ?? "")))
        }
        return all
    }

    /// Likewise those that are to be files: as they are, to the last byte.
    package static func files(in directory: String?) throws(SecretFilesError) -> [EnvironmentVariable] {
        var all: [EnvironmentVariable] = []
        for name in try names(in: directory) {
            all.append(EnvironmentVariable(name: name, value: try text(of: name, in: directory ?? "")))
        }
        return all
    }

    private static func names(in directory: String?) throws(SecretFilesError) -> [String] {
        guard let directory else { return [] }
        guard FileStatus.isDirectory(directory) else {
            throw SecretFilesError("the folder of secrets \(directory) is not there, or is no folder")
        }
        do {
            return try StateDirectory.open(directory).listing().filter { !$0.hasPrefix(".") }
        } catch {
            throw SecretFilesError("the secrets can not be used: \(error)")
        }
    }

    private static func value(of name: String, in directory: String) throws(SecretFilesError) -> String {
        guard isVariableName(name) else {
            throw SecretFilesError(
                "the name of the secret \(directory)/\(name) is no variable's: use letters, digits and _")
        }
        let text = try text(of: name, in: directory)
        return text.hasSuffix("\n") ? String(text.dropLast()) : text
    }

    private static func text(of name: String, in directory: String) throws(SecretFilesError) -> String {
        let path = "\(directory)/\(name)"
        guard let bytes = SmallFile.read(path) else { throw SecretFilesError("the secret \(path) can not be read") }
        guard bytes.count <= limit else {
            throw SecretFilesError("the secret \(path) is too long: at most \(limit) bytes")
        }
        guard !bytes.contains(0), let text = String(validating: bytes, as: UTF8.self) else {
            throw SecretFilesError("the secret \(path) is no text")
        }
        return text
    }

    private static func isVariableName(_ name: String) -> Bool {
        guard let first = name.utf8.first, !(0x30...0x39).contains(first) else { return false }
        return name.utf8.allSatisfy {
            (0x30...0x39).contains($0) || (0x41...0x5A).contains($0 & 0xDF) || $0 == UInt8(ascii: "_")
        }
    }
}

/// Why there are no secrets; never a word of what is in them.
package struct SecretFilesError: Error, Hashable, Sendable, CustomStringConvertible {
    package let description: String

    init(_ sentence: String) { description = sentence }
}
