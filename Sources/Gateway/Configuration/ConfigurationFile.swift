package import SystemPackage

/// The configuration's file, read again when it changed.
package struct ConfigurationFile: Sendable {
    package typealias Reading = (configuration: Configuration, problems: [ConfigurationProblem])

    private let path: FilePath
    private var stamp: FileStamp?
    private var last: (configuration: Configuration, problems: [ConfigurationProblem])?

    package init(path: FilePath) { self.path = path }

    /// Reads the file, if what it says changed since the last time; nil if not. With problems, keep what was before.
    package mutating func readIfChanged() -> Reading? {
        let found = FileStamp(path.string, followsLinks: true)
        if last != nil, stamp == found, found?.isFresh(at: FileStamp.now) != true { return nil }
        stamp = found
        let read = ConfigurationReader.read(path: path)
        if let last, last == read { return nil }
        last = read
        return read
    }
}
