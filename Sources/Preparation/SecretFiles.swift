import Platform
import SystemPackage
import Wire

/// Secrets as files: each one's name is a variable's, its contents are the value.
enum SecretFiles {
    static func variables(in directory: String?) throws(PreparationFailure) -> [EnvironmentVariable] {
        guard let directory else { return [] }
        do {
            return read(try StateDirectory.open(directory))
        } catch {
            throw PreparationFailure("can not read the secrets: \(error)")
        }
    }

    private static func read(_ folder: borrowing StateDirectory) -> [EnvironmentVariable] {
        folder.names().filter { !$0.hasPrefix(".") }.reduce(into: []) { all, name in
            guard let text = folder.read(name) else { return }
            all.append(EnvironmentVariable(name: name, value: withoutLastNewline(text)))
        }
    }

    private static func withoutLastNewline(_ text: String) -> String {
        text.hasSuffix("\n") ? String(text.dropLast()) : text
    }
}
