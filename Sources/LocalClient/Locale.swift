import Control
import Glibc

/// What this process was told of languages; a session that has to be started gets it.
enum Locale {
    private static let names = [
        "LANG", "LC_ALL", "LC_CTYPE", "LC_COLLATE", "LC_MESSAGES", "LC_MONETARY", "LC_NUMERIC", "LC_TIME", "LC_PAPER",
        "LC_NAME", "LC_ADDRESS", "LC_TELEPHONE", "LC_MEASUREMENT", "LC_IDENTIFICATION",
    ]

    static var variables: [String: String] {
        names.reduce(into: [:]) { found, name in
            guard let value = variable(name), LocalHello.isLocale(name, value) else { return }
            found[name] = value
        }
    }

    static func variable(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }
}
