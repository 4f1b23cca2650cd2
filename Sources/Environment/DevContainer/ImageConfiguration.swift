package import JSONText
import SessionModel

/// What an image says of itself, as it is kept beside its layers (the formats of Docker's and OCI's image manifests and
/// configurations).
///
/// Podman's builder reads both without regard to capitals, so names are compared without.
package enum ImageConfiguration {
    /// Of the configuration that a manifest names; `nil` where it names none.
    package static func digest(ofManifest bytes: [UInt8]) -> String? {
        guard let configuration = only("config", in: value(bytes)), let digest = only("digest", in: configuration)
        else {
            return nil
        }
        return digest.string
    }

    /// The file in which containers/storage keeps what has such a name.
    package static func file(of digest: String) -> String { "=\(Base64.encode(digest.utf8))" }

    /// Instructions that run in whatever is built on the image; `nil` where that can not be told.
    package static func triggers(_ bytes: [UInt8]) -> [String]? {
        guard let top = value(bytes)?.object else { return nil }
        var all: [String] = []
        // The second holds where there is no first.
        for member in top.members where ["config", "container_config"].contains(member.name.lowercased()) {
            for (name, value) in member.value.object?.members ?? [] where name.lowercased() == "onbuild" {
                if value.isNull { continue }
                guard let list = value.array, list.allSatisfy({ $0.string != nil }) else { return nil }
                all += list.compactMap(\.string).filter { !all.contains($0) }
            }
        }
        return all
    }

    private static func value(_ bytes: [UInt8]) -> JSONValue? { try? JSONValue(parsing: bytes) }

    private static func only(_ name: String, in value: JSONValue?) -> JSONValue? {
        let found = (value?.object?.members ?? []).filter { $0.name.lowercased() == name }
        return found.count == 1 ? found[0].value : nil
    }
}
