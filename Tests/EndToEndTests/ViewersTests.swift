import Foundation
import ScreenModel
import TestKit
import Testing

@Suite("What watchers see")
struct ViewersTests {
    /// Three windows of tmux on one session, the first of which has its size.
    private struct Windows {
        let normal: TmuxWindow
        let large: TmuxWindow
        let small: TmuxWindow

        /// Waits until all three are right: the large one with its border, the small one a part of the screen.
        func untilRight(columns: Int = 80, rows: Int = 24, containing text: String) async throws {
            var wrong = "nothing was compared"
            try await eventually("three right windows", seen: { wrong }) {
                let screen = Windows.padded(try await normal.rows(), columns, rows)
                wrong = screen.joined(separator: "\n")
                guard screen.contains(where: { $0.contains(text) }) else { return false }
                let seen = Windows.padded(try await large.rows(), 200, 50)
                let lines = screen.map { $0 + "│" } + [String(repeating: "─", count: columns) + "┘"]
                let framed = Windows.padded(lines, 200, 50)
                wrong = "large:\n" + seen.joined(separator: "\n")
                guard seen == framed else { return false }
                let part = Windows.padded(try await small.rows(), 40, 12)
                wrong = "small:\n" + part.joined(separator: "\n")
                return part.joined().contains(text) && Windows.isPart(part, of: screen)
            }
        }

        static func padded(_ lines: [String], _ columns: Int, _ rows: Int) -> [String] {
            let all = lines.map { $0 + String(repeating: " ", count: max(0, columns - $0.count)) }
            return all + Array(repeating: String(repeating: " ", count: columns), count: max(0, rows - all.count))
        }

        static func isPart(_ part: [String], of screen: [String]) -> Bool {
            let (rows, columns) = (part.count, part[0].count)
            return (0...screen.count - rows).contains { top in
                (0...screen[0].count - columns).contains { left in
                    zip(part, screen[top...]).allSatisfy { $0 == String($1.dropFirst(left).prefix(columns)) }
                }
            }
        }
    }

    @Test("three viewers of 80x24, 200x50 and 40x12 on one vim are each right for their window")
    func threeWindows() async throws {
        let team = try await Team(["alice", "bob", "claire"])
        let file = try team.server.directory.write(
            (1...200).map { "line \($0) of a file that is long enough\n" }.joined(), to: "file.txt")
        let windows = Windows(
            normal: try await TmuxWindow(columns: 80, rows: 24, try team.client("alice").arguments("deploy")),
            large: try await TmuxWindow(columns: 200, rows: 50, try team.client("bob").arguments("deploy")),
            small: try await TmuxWindow(columns: 40, rows: 12, try team.client("claire").arguments("deploy")))
        for window in [windows.normal, windows.large, windows.small] { try await window.untilShown("bash-") }
        try await windows.normal.type("vim -u NONE -i NONE -N --cmd 'set ruler number' \(file)\r")
        try await windows.untilRight(containing: "line 1 of")
        try await windows.normal.type(":120\r")
        try await windows.untilRight(containing: "line 120 of")
        try await windows.normal.type("ohere is some more\u{1B}")
        try await windows.untilRight(containing: "here is some more")
        try await windows.normal.resize(columns: 100, rows: 30)
        try await windows.normal.type("\u{0C}:3\r")
        try await windows.untilRight(columns: 100, rows: 30, containing: "line 3 of")
        try await windows.normal.type(":q!\r")
        // vim throws away what is typed while it ends.
        try await eventually("the shell's next prompt") {
            try await windows.normal.rows().count { $0.hasPrefix("bash-") } == 2
        }
        try await windows.normal.type("echo ba''ck\r")
        try await windows.untilRight(columns: 100, rows: 30, containing: "back")
        for window in [windows.normal, windows.large, windows.small] { try await window.end() }
    }

    @Test("a watcher's window changes cost the others nothing, however many")
    func noStorm() async throws {
        let team = try await Team()
        let alice = try await team.attach("alice")
        let bob = try await team.attach("bob", columns: 60, rows: 10)
        // The notice of who came is seen, and is over.
        try await alice.waitFor("bob joined")
        try await eventually("a quiet screen") { try !ShownScreen(alice).rows.contains { $0.contains("[cmdop]") } }
        // Of a program that prints what it reads nothing comes later, as a prompt does.
        alice.type("seq 1 50; echo re''ady; cat\r")
        try await alice.waitFor("ready")
        try await bob.untilShown("ready", columns: 60, rows: 10)
        alice.type("quiet\r")
        try await alice.waitFor("quiet\r\nquiet\r\n")
        let before = alice.transcript.count
        for step in 0..<50 { bob.resize(columns: UInt16(40 + step), rows: UInt16(5 + step % 20)) }
        bob.resize(columns: 80, rows: 24)
        try await untilSame(alice, bob)
        #expect(alice.transcript.count == before, "bytes that the holder was sent for the watcher's windows")
        alice.type("\u{04}")
        alice.type("stty size\r")
        try await alice.waitFor("24 80")
    }

    @Test("lines that scroll off enter the scrollback of a window of another size")
    func scrollback() async throws {
        let team = try await Team()
        let alice = try await team.attach("alice")
        let bob = try await team.attach("bob", columns: 100, rows: 30)
        alice.type("for i in {1..300}; do echo line $i; done; echo th''ere\r")
        try await alice.waitFor("there")
        try await bob.untilShown("there", columns: 100, rows: 30)
        let rows = try ShownScreen(bob, columns: 100, rows: 30).rowsWithScrollback.map {
            String($0.prefix { $0 != "│" }).trimmingCharacters(in: .whitespaces)
        }
        let numbers = ShownScreen.numbers(in: rows, after: "line")
        #expect(numbers == Array(1...300), "\(numbers.firstBreak)")
    }

    @Test("a terminal that is no xterm gets a rendering that it understands")
    func otherTerminals() async throws {
        let team = try await Team()
        let alice = try await team.attach("alice")
        let bob = try PseudoTerminal(
            try team.client("bob").arguments("deploy"), environment: ["TERM": "vt220"], columns: 80, rows: 24)
        try await bob.untilAttached()
        alice.type("printf '\\033[38;5;196mre''d\\033[m \\033[1mbo''ld\\033[m\\n'\r")
        try await bob.untilShown("red bold")
        let cells = try ShownScreen(bob).snapshot.main.rows.flatMap(\.cells)
        #expect(cells.allSatisfy { $0.style.foreground == .default })
        #expect(cells.contains { $0.style.attributes == .bold })
        bob.panel("x")
        alice.panel("x")
        try await bob.untilSteering("nobody", from: try await bob.untilSteering("alice"))
        bob.type("echo fr''om\r")
        try await alice.waitFor("from")
    }

    @Test("a viewer that was stopped is right when it goes on, and the gap is marked; others lose nothing")
    func stoppedViewer() async throws {
        let team = try await Team()
        let alice = try await team.attach("alice")
        let bob = try await team.attach("bob")
        bob.kill(SIGSTOP)
        alice.type("for i in {1..60000}; do echo \"line $i of what somebody does not read\"; done; echo en''d\r")
        try await alice.waitFor("end", within: .seconds(120))
        bob.kill(SIGCONT)
        try await bob.untilShown("end")
        try await untilSame(alice, bob)
        let rows = try ShownScreen(bob).rowsWithScrollback
        #expect(rows.contains { $0.hasPrefix("[cmdop] ") && $0.hasSuffix(" not shown") }, "\(rows.count) rows")
        #expect(bob.transcript.count < 1_500_000)
    }

    @Test("Ctrl-C at a client that is behind takes effect at once, and its backlog is dropped")
    func interruptsBehind() async throws {
        let team = try await Team(["alice"])
        let alice = try await team.attach("alice")
        alice.type("yes 'a line of very many'\r")
        try await alice.waitFor("a line of very many\r\na line")
        alice.kill(SIGSTOP)
        // More than fits on the way to a client that reads nothing.
        try await eventually("output that nobody reads") {
            try SessionRecord(on: team.server).output.count > 3_000_000
        }
        alice.type([0x03])
        let before = alice.transcript.count
        alice.kill(SIGCONT)
        try await alice.waitFor("^C", from: before)
        #expect(alice.transcript.count - before < 3_000_000)
        #expect(try await alice.value(of: "$((40 + 2))") == "42")
    }

    /// Asks its terminal five things, and writes down what it answered.
    private static let asking = """
        import os, select, sys, termios, tty
        terminal = os.open("/dev/tty", os.O_RDWR)
        old = termios.tcgetattr(terminal)
        tty.setraw(terminal)
        answers = []
        for question in (b"\\33[6n", b"\\33[c", b"\\33]11;?\\33\\\\", b"\\33[>q", b"\\33[?2004$p"):
            os.write(terminal, question)
            answer = b""
            while select.select([terminal], [], [], 10)[0]:
                answer += os.read(terminal, 100)
                if answer[-1:] in b"Rcy\\\\":
                    break
            answers.append(answer)
        termios.tcsetattr(terminal, termios.TCSANOW, old)
        print(answers, file=open(sys.argv[1], "w"))
        print("asked", len([a for a in answers if a]))
        """

    @Test("a program's questions to its terminal are answered with no, one and five clients, and reach no client")
    func questions() async throws {
        let team = try await Team()
        let ask = try team.server.directory.write(Self.asking, to: "ask.py")
        let alice = try await team.attach("alice")
        var clients = [alice]
        for count in [0, 1, 5] {
            let answers = try team.server.directory.path("answers-\(count)")
            let last = clients[clients.count - 1]
            last.type("sleep 1; python3 \(ask) \(answers)\r")
            if count == 0 {
                try await eventually("what was typed") { try SessionRecord(on: team.server).inputs.count > 0 }
                last.panel("d")
                #expect(try await last.waitForExit() == .exited(0))
            }
            while clients.count < count { clients.append(try await team.attach("bob")) }
            try await eventually("answers") {
                (try? String(contentsOfFile: answers, encoding: .utf8))?.contains("]") == true
            }
            if count == 0 { clients = [try await team.attach("alice")] }
            try await clients[0].untilShown("asked 5")
            let text = try String(contentsOfFile: answers, encoding: .utf8)
            #expect(text.contains("R'") && text.contains("rgb:"), "\(text)")
        }
        for client in clients + [alice] {
            for question in ["\u{1B}[6n", "\u{1B}[c", "\u{1B}]11;?", "\u{1B}[>q", "$p"] {
                #expect(client.count(of: question) == 0)
            }
            let rows = try ShownScreen(client).rowsWithScrollback
            #expect(!rows.contains { $0.contains("^[[") || $0.contains("rgb:") }, "a stray answer")
        }
    }

    @Test("what a hostile program prints to steer a watcher's terminal reaches none")
    func hostileProgram() async throws {
        let team = try await Team()
        let alice = try await team.attach("alice")
        let bob = try await team.attach("bob")
        let late = "\\033[?1003h\\033[>4;2m\\033[=1;1u"
        let sequences = [
            "\\033]52;c;c3RvbGVu\\007", "\\033[21t", "\\033]0;forged\\007", "\\033P$qm\\033\\\\", "\\033]9;hello\\007",
            "\\033]1337;File=:YQ==\\007", "\\033_Gi=1\\033\\\\", "\\033^x\\033\\\\", "\\033[5i", late,
        ]
        alice.type("printf '\(sequences.joined())'; printf 'do''ne\\n'; printf '\\033[?1003l'\r")
        try await alice.waitFor("done")
        try await bob.waitFor("done")
        let claire = try await team.attach("bob")
        for client in [alice, bob, claire] {
            for bytes in ["c3RvbGVu", "[21t", "]0;", "$qm", "]9;", "]1337", "_Gi", "^x", "[5i", "[>4", "[=1"] {
                // The command line itself was echoed, with a backslash and digits for what would be an escape.
                #expect(client.count(of: "\u{1B}" + bytes) == 0, "\(bytes)")
            }
        }
        #expect(bob.count(of: "\u{1B}[?1003h") == 0)
        #expect(claire.count(of: "\u{1B}[?1003h") == 0)
    }
}
