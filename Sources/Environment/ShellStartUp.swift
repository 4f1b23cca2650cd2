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
        /// What our files put back.
        func kept(_ name: String) -> [EnvironmentVariable] {
            value(of: name).map { [EnvironmentVariable(name: "CMDOP_\(name)", value: $0)] } ?? []
        }
        switch name {
        case "bash":
            arguments = [shell[0], "--posix"] + options
            self.variables = [EnvironmentVariable(name: "ENV", value: "\(directory)/bash/start")] + kept("ENV")
            let contents = Self.bash(
                readsProfile: !options.contains("--noprofile"), readsRC: !options.contains("--norc"))
            files = [ShellMarking.File(path: "bash/start", contents: contents)]
        case "zsh":
            arguments = [shell[0], "-o", "promptsubst"] + options
            self.variables =
                [EnvironmentVariable(name: "ZDOTDIR", value: "\(directory)/zsh")] + kept("ZDOTDIR")
                + (value(of: "PROMPT_EOL_MARK") == nil ? Self.lateZsh(reading: "\(directory)/zsh/.zshenv") : [])
            files = [ShellMarking.File(path: "zsh/.zshenv", contents: Self.zsh)]
        case "fish":
            let rest = value(of: "XDG_DATA_DIRS") ?? "/usr/local/share:/usr/share"
            arguments = shell
            self.variables =
                [EnvironmentVariable(name: "XDG_DATA_DIRS", value: "\(directory)/fish:\(rest)")]
                + kept("XDG_DATA_DIRS")
            // A file of the user's with the same name would be read instead.
            files = [ShellMarking.File(path: "fish/fish/vendor_conf.d/__cmdop_marks.fish", contents: Self.fish)]
        default: return nil
        }
    }

    private static func lateZsh(reading file: String) -> [EnvironmentVariable] {
        [
            EnvironmentVariable(name: "PROMPT_EOL_MARK", value: zshEndOfLineMark(reading: file)),
            EnvironmentVariable(name: "CMDOP_EOL_MARK", value: "1"),
        ]
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
