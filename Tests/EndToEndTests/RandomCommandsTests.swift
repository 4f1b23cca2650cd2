import Control
import JSONText
import TestKit
import Testing

/// Commands of all kinds through `command.run`, while a person watches and sometimes types.
@Suite("A thousand commands")
struct RandomCommandsTests {
    private struct Command {
        var text: String
        /// `nil` where the shell says in its own words what happened.
        var output: String?
        var status: Int64
    }

    private static let configuration = """
        access:
          - {operators: ["*"], sessions: ["*"], role: operator}
        environments:
          default: {kind: process, shell: ["/bin/bash", "--norc", "--noprofile"], directory: "/tmp"}
          bash: {kind: process, shell: ["/bin/bash", "--noprofile", "-l"], directory: "/tmp"}
          zsh: {kind: process, shell: ["/usr/bin/zsh"], directory: "/tmp"}
          fish: {kind: process, shell: ["/usr/bin/fish"], directory: "/tmp"}

        """

    @Test("give exactly their output and their status in each shell", arguments: ["bash", "zsh", "fish"])
    func commands(shell: String) async throws {
        let (alice, bob) = (try await SSHKeyPair(), try await SSHKeyPair())
        let server = try await ServerUnderTest(
            operators: ["alice": alice, "bob": bob], configuration: Self.configuration)
        var client = server.client(bob)
        // zsh reads other characters than ASCII only in a locale that has them.
        client.options += ["-o", "SetEnv=LANG=C.UTF-8"]
        let control = try ControlClient(client, "work")
        _ = try await control.call("session.create", ["environment": .string(shell)])
        let viewer = try server.client(alice).attach("work", columns: 100, rows: 30)
        try await viewer.untilAttached()
        var numbers = SteadyNumbers(seed: 4_711)
        for round in 0..<334 {
            let command = Self.command(round, in: shell, &numbers)
            let answer = try await control.ask(
                "command.run", ["command": .string(command.text), "within": 50, "limit": 1_000_000])
            guard let result = answer["result"] else {
                let printed = try await control.call("output.read", ["raw": true, "limit": 1_000])
                Issue.record("\(shell) \(round): \(command.text): \(answer.text) behind \(printed.text)")
                return
            }
            let output = result["output"]?.string
            #expect(output == command.output ?? output, "\(shell) \(round): \(command.text)")
            #expect(result["exitStatus"] == .integer(command.status), "\(shell) \(round): \(command.text)")
            #expect(result["known"] == "exact" && result["truncated"] == false && result["running"] == false)
            guard round % 40 == 39 else { continue }
            // The person types a command of her own, and lets go.
            viewer.type("printf 'typed-%s-by-alice\\n' \(round)\r")
            try await viewer.waitFor("typed-\(round)-by-alice")
            viewer.panel("x")
        }
        let seen = viewer.transcript.text
        #expect(!seen.contains("133;") && !seen.contains("cmdop_"), "a viewer sees an ordinary terminal")
        let listed = try await control.call("command.list", ["limit": 500])["commands"]?.array ?? []
        let typed = listed.filter { $0["operators"] == ["alice"] }
        #expect(
            typed.count == 8 && typed.allSatisfy { $0["text"]?.string?.hasPrefix("printf 'typed") == true }, "\(typed)")
    }

    private static func command(_ round: Int, in shell: String, _ numbers: inout SteadyNumbers) -> Command {
        let number = Int(numbers.next() % 1_000)
        let status = Int64(number % 256)
        switch numbers.next() % 10 {
        case 0:
            let words = "word-\(number) \"two  words\" 'ö;#'"
            return Command(text: "echo \(words)", output: "word-\(number) two  words ö;#\n", status: 0)
        case 1: return Command(text: "sh -c 'exit \(status)'", output: "", status: status)
        case 2:
            let signal = [1, 2, 9, 15][number % 4]
            return Command(text: "sh -c 'kill -\(signal) $$'", output: nil, status: Int64(128 + signal))
        case 3: return Command(text: "printf 'no end \(number)'", output: "no end \(number)", status: 0)
        case 4:
            let lines = 1 + number * 10
            return Command(text: "seq 1 \(lines)", output: (1...lines).map { "\($0)\n" }.joined(), status: 0)
        case 5, 6: return severalLines(number, in: shell)
        case 7: return Command(text: "sh -c 'sleep 0.05 & echo bg-\(number)'", output: "bg-\(number)\n", status: 0)
        case 8:
            let text = "printf '\\033[31mred\\033[0m %s\\n' \(number); sh -c 'exit 3'"
            return Command(text: text, output: "red \(number)\n", status: 3)
        default:
            let text = "echo \(number) | tr 0-9 a-j; sh -c 'exit \(status)'"
            return Command(text: text, output: letters(number), status: status)
        }
    }

    private static func severalLines(_ number: Int, in shell: String) -> Command {
        if shell != "fish", number % 2 == 0 {
            let lines = "line $HOME \(number)\n\n  'quoted' \\n\n"
            return Command(text: "cat <<'END'\n\(lines)END", output: lines, status: 0)
        }
        let loop =
            shell == "fish"
            ? "for i in a b c\n    echo $i-\(number)\nend" : "for i in a b c; do\n    echo $i-\(number)\ndone"
        let output = ["a", "b", "c"].map { "\($0)-\(number)\n" }.joined()
        return Command(text: "\(loop)\nfalse", output: output, status: 1)
    }

    private static func letters(_ number: Int) -> String {
        String(String(number).unicodeScalars.map { Character(Unicode.Scalar($0.value + 0x31) ?? "?") }) + "\n"
    }
}
