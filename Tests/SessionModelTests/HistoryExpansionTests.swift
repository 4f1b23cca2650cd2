import Testing

@testable import SessionModel

@Suite("What shells replace from their history")
struct HistoryExpansionTests {
    private static let harmless = [
        "", "ls -l", "[ ! -e x ]", "echo 'a!b'", "! true", "a!=b", "test a != b", "echo \\!x", "echo \"a\\!b\"",
        "echo a!",
        "echo a!\necho b", "true !\t", "echo 'it'\\''s!x'", "echo 'a\nb!c\n'", "echo \"it's\" 'a!b'", "echo a^b^c",
        "echo '\n^a^b\n'", "awk '!seen[$0]++' file", "echo \"${HOME}\" 'a!b'", "echo 'a' \\\n  'b!c'",
        "echo '\\' 'a!b'",
    ]

    @Test("is not what quotes, a backslash or a blank protect", arguments: harmless)
    func kept(_ command: String) {
        for shell in HistoryExpansion.Shell.allCases { #expect(!HistoryExpansion.isIn(command, for: shell)) }
    }

    private static let harmful = [
        "!echo", "!!", "!-1", "a=!!", "echo \"a!b\"", "^a^b", "^a", "echo a!b", "sudo !!", "if !true; then :; fi",
        "echo \\\\!x", "echo \"it's !x\"", "echo '\\'!x", "echo one\n!rm", "echo one\n^a^b", "echo one \\\n^a^b",
        "(!x)",
        "# it's\n!rm 'x'", "cat <<E\nit's\nE\n!rm 'x'", "echo \"$(echo \"it's\")\" '!x'",
        "echo \"`echo \"it's\"`\" '!x'",
        "echo \"${a-\"it's\"}\" '!x'", "!(x)", "!#", "!?x?", "a!\\", "echo $'it\\'s !x'", "echo \"a\nb!c\"",
    ]

    @Test(
        "is everything else behind an exclamation mark, and a line that begins with a circumflex", arguments: harmful)
    func replaced(_ command: String) {
        for shell in HistoryExpansion.Shell.allCases { #expect(HistoryExpansion.isIn(command, for: shell)) }
    }

    @Test(
        "what bash alone leaves as it is",
        arguments: ["echo \"done!\"", "kill $!;", "echo \"$!\"", "echo ${!name}", "ls [!a]*"])
    func bash(_ command: String) {
        #expect(!HistoryExpansion.isIn(command, for: .bash))
        #expect(HistoryExpansion.isIn(command, for: .zsh))
    }

    @Test("goes by the characters that the shell was told, and not at all where it was told none")
    func characters() {
        for shell in HistoryExpansion.Shell.allCases {
            #expect(!HistoryExpansion.isIn("echo \"a!b\" !x", for: shell, characters: []))
            #expect(!HistoryExpansion.isIn("!x", for: shell, characters: Array("@%".utf8)))
            #expect(HistoryExpansion.isIn("echo a@b", for: shell, characters: Array("@%".utf8)))
            #expect(HistoryExpansion.isIn("%a%b", for: shell, characters: Array("@%#".utf8)))
            #expect(HistoryExpansion.isIn("echo a!b", for: shell, characters: nil))
        }
    }

    @Test("is what bash, zsh and sh do, and no other program")
    func programs() {
        #expect(["bash", "sh", "zsh"].map { HistoryExpansion.Shell(program: $0) } == [.bash, .bash, .zsh])
        #expect(["fish", "dash", "python3", ""].allSatisfy { HistoryExpansion.Shell(program: $0) == nil })
    }
}
