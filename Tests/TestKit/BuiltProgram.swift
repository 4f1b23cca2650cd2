private import Foundation

/// A program of this package, as it was built beside the running tests.
package enum BuiltProgram: String, CaseIterable, Sendable {
    case cmdopd
    case host = "cmdop-host"
    case inside = "cmdop-inside"
    case prepare = "cmdop-prepare"
    case cmdop

    /// The program's path; throws ``TestKitError/missing(_:advice:)`` where it was not built.
    package func path() throws(TestKitError) -> String {
        let tests = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        let invoked = URL(fileURLWithPath: CommandLine.arguments.first ?? "/")
        for start in [tests, invoked] {
            let candidate = start.deletingLastPathComponent().appendingPathComponent(rawValue).path
            if FileManager.default.isExecutableFile(atPath: candidate) { return candidate }
        }
        throw TestKitError.missing(rawValue, advice: "build it beside the tests: swift build")
    }
}
