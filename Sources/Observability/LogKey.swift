package import Logging

/// The keys this program logs under, and no others.
package enum LogKey: String, Sendable {
    case session = "session.name"
    case attachment = "attachment.id"
    case key = "key.fingerprint"
    case peer = "net.peer"
    case user = "ssh.user"
    case `operator` = "operator.name"
    case place = "forward.place"
    case channel = "ssh.channel"
    case reason = "reason"
    case bytes = "io.bytes"
    case count = "count"
    case error = "error"
}

extension Logger {
    package subscript(_ key: LogKey) -> MetadataValue? {
        get { self[metadataKey: key.rawValue] }
        set { self[metadataKey: key.rawValue] = newValue }
    }
}

package func fields(_ pairs: KeyValuePairs<LogKey, Logger.MetadataValue>) -> Logger.Metadata {
    Logger.Metadata(pairs.map { ($0.key.rawValue, $0.value) }, uniquingKeysWith: { $1 })
}
