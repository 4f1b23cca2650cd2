/// Secrets as files, there for as long as the session's processes are.
package struct SecretFolder: Hashable, Sendable {
    /// Absolute. The host makes it; the session's user may read what is in it.
    package var directory: String
    /// Names of files, and what is in them.
    package var files: [EnvironmentVariable]

    package init(directory: String, files: [EnvironmentVariable]) {
        self.directory = directory
        self.files = files
    }
}

extension ByteWriter {
    mutating func put(_ folder: SecretFolder) {
        put(folder.directory)
        put(folder.files) { writer, file in
            writer.put(file.name)
            writer.put(Array(file.value.utf8))
        }
    }
}

extension ByteReader {
    mutating func secretFolder() throws(WireError) -> SecretFolder {
        SecretFolder(
            directory: try text(),
            files: try list { (reader) throws(WireError) in
                EnvironmentVariable(
                    name: try reader.text(), value: String(decoding: try reader.chunk(), as: UTF8.self))
            })
    }
}
