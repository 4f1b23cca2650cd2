package import Foundation

/// A directory of mode 0700 that is removed, with all in it, when the value is dropped.
package final class TemporaryDirectory: Sendable {
    package let url: URL

    package init() throws(TestKitError) {
        // Short, because a local socket's path holds 107 bytes.
        var template = Array("/tmp/cmdop-XXXXXX".utf8CString)
        let made = template.withUnsafeMutableBufferPointer { $0.baseAddress.flatMap(mkdtemp) != nil }
        guard made else { throw TestKitError.system(call: "mkdtemp", errno: errno) }
        url = URL(fileURLWithPath: String(decoding: template.dropLast().map(UInt8.init), as: UTF8.self))
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    package var path: String { url.path }

    /// The path of something in it; what is missing on the way there is made.
    package func path(_ relative: String) throws -> String {
        let file = url.appendingPathComponent(relative)
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(), withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700])
        return file.path
    }

    /// Writes a file in it and returns its path.
    @discardableResult
    package func write(_ text: String, to relative: String, mode: Int = 0o600) throws -> String {
        let file = try path(relative)
        try Data(text.utf8).write(to: URL(fileURLWithPath: file), options: .atomic)
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: file)
        return file
    }

    /// The text of a file in it, or nil where there is none.
    package func read(_ relative: String) -> String? {
        try? String(contentsOf: url.appendingPathComponent(relative), encoding: .utf8)
    }
}
