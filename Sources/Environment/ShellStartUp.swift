package import Wire

/// How a shell is started so that it marks its prompts and commands; see `Marks.md`.
///
/// The shell reads files of ours first, and these have the user's own read as ever. The secret that every mark carries
/// comes on descriptor 3, so that no file, no argument and no environment ever has it.
package struct ShellStartUp: Hashable {
    package var arguments: [String]
    /// Added to what every process of the session has; our files take them away again.
    package var variables: [EnvironmentVariable]
    package var files: [ShellMarking.File]

    /// - Parameters:
    ///   - shell: as the configuration has it.
    ///   - directory: where the files will be.
    /// - Returns: `nil` for a shell that is not known, or arguments that could not stay in force.
    package init?(shell: [String], directory: String, variables: [EnvironmentVariable]) {
        let name = shell[0].split(separator: "/").last.map { $0.hasPrefix("-") ? $0.dropFirst() : $0[...] } ?? ""
        let options = Array(shell.dropFirst())
        let known: Set = name == "bash" ? ["-l", "--login", "-i", "--norc", "--noprofile"] : ["-l", "--login", "-i"]
        guard known.isSuperset(of: options) else { return nil }
        func value(of name: String) -> String? { variables.first { $0.name == name }?.value }
        switch name {
        case "bash":
            arguments = [shell[0], "--posix"] + options
            self.variables = [EnvironmentVariable(name: "ENV", value: "\(directory)/bash/start")]
            let contents = Self.bash(
                readsProfile: !options.contains("--noprofile"), readsRC: !options.contains("--norc"))
            files = [ShellMarking.File(path: "bash/start", contents: contents)]
        case "zsh":
            arguments = shell
            self.variables =
                [EnvironmentVariable(name: "ZDOTDIR", value: "\(directory)/zsh")]
                + (value(of: "ZDOTDIR").map { [EnvironmentVariable(name: "CMDOP_ZDOTDIR", value: $0)] } ?? [])
            files = [ShellMarking.File(path: "zsh/.zshenv", contents: Self.zsh)]
        case "fish":
            let old = value(of: "XDG_DATA_DIRS")
            let rest = old ?? "/usr/local/share:/usr/share"
            arguments = shell
            self.variables =
                [EnvironmentVariable(name: "XDG_DATA_DIRS", value: "\(directory)/fish:\(rest)")]
                + (old.map { [EnvironmentVariable(name: "CMDOP_XDG_DATA_DIRS", value: $0)] } ?? [])
            files = [ShellMarking.File(path: "fish/fish/vendor_conf.d/cmdop.fish", contents: Self.fish)]
        default: return nil
        }
    }

    /// What the marks carry: 128 bits that nobody can guess, in hexadecimal digits.
    static func newSecret() -> String {
        var numbers = SystemRandomNumberGenerator()
        return (0..<2).map { _ in
            let digits = String(numbers.next(), radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }.joined()
    }
}
