import Platform
import SystemPackage

/// The host's own complaints, for whoever looks into its log: constants and numbers, never what was typed or printed.
enum Diagnostics {
    static func note(_ sentence: String) {
        let line = Array("\(UnixTime.now.nanoseconds / 1_000_000_000) \(sentence)\n".utf8)
        _ = line.withUnsafeBytes { try? FileDescriptor.standardError.writeAvailable($0) }
    }
}
