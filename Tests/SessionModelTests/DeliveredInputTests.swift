import SessionModel
import Testing

private let first = TurnNumber(rawValue: 1)
private let second = TurnNumber(rawValue: 2)

private func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

@Suite("A handover cuts no character, sequence or paste")
struct DeliveredInputTests {
    @Test("what completes a begun character or sequence is known, and nothing more")
    func completion() {
        let whole = [
            "\u{E9}", "\u{4E2D}", "\u{1F600}", "\u{1B}[A", "\u{1B}[1;5A", "\u{1B}[<0;10;20M", "\u{1B}[M !!", "\u{1B}OA",
            "\u{1B}b", "\u{1B}[200~",
        ]
        for sequence in whole.map(bytes) {
            for cut in 1..<sequence.count {
                var delivered = DeliveredInput()
                delivered.note((bytes("x") + sequence[..<cut])[...], in: first)
                let rest = sequence[cut...] + bytes("rm -rf\r")
                #expect(delivered.completion(in: rest, of: first) == sequence.count - cut)
            }
            var delivered = DeliveredInput()
            delivered.note(sequence[...], in: first)
            #expect(delivered.completion(in: bytes("abc"), of: first) == 0)
        }
    }

    @Test("nothing completes what the next bytes break off, or what another turn began")
    func noCompletion() {
        var delivered = DeliveredInput()
        delivered.note([0xE4], in: first)
        #expect(delivered.completion(in: bytes("abc"), of: first) == 0)
        #expect(delivered.completion(in: [0xB8, 0xAD], of: second) == 0)
        delivered.note(bytes("\u{1B}[")[...], in: second)
        #expect(delivered.completion(in: [], of: second) == 0)
        let digits = [UInt8](repeating: 0x31, count: 1_000)
        #expect(delivered.completion(in: digits, of: second) == 0)
    }

    @Test("an open paste is closed by what of its end is missing, wherever it stands")
    func pasteClosing() {
        let paste = bytes("\u{1B}[200~one\r\u{4E2D}\u{1B}[20x two\u{1B}[201~")
        for cut in 0...paste.count {
            var delivered = DeliveredInput()
            delivered.note(paste[..<cut], in: first)
            #expect(delivered.isInPaste == (6..<paste.count).contains(cut))
            delivered.note(delivered.pasteClosing[...], in: first)
            #expect(!delivered.isInPaste)
            #expect(delivered.pasteClosing.isEmpty)
        }
        var delivered = DeliveredInput()
        delivered.note(paste.dropLast(2), in: first)
        #expect(delivered.pasteClosing == bytes("1~"))
    }

    @Test("another turn is in no paste of the one before it")
    func turns() {
        var delivered = DeliveredInput()
        delivered.note(bytes("\u{1B}[200~one")[...], in: first)
        delivered.note(bytes("x")[...], in: second)
        #expect(!delivered.isInPaste)
    }
}

@Suite("The line at the prompt, and whose it is")
struct TypedLineTests {
    private func line(_ typed: (String, String)...) -> TypedLine {
        var line = TypedLine()
        for (name, text) in typed { line.note(bytes(text)[...], isPaste: false, by: name) }
        return line
    }

    @Test("a line stands from its first key to the one that ends it")
    func standing() {
        #expect(line(("bob", "l")).isOpen)
        #expect(!line(("bob", "l"), ("bob", "s\r")).isOpen)
        #expect(line(("bob", "ls\rec")).isOpen)
        for end in ["\r", "\n", "\u{03}", "\u{04}", "\u{15}"] { #expect(!line(("bob", "ls" + end)).isOpen) }
    }

    @Test("whoever takes it over is told of everybody else who wrote it")
    func owners() {
        let written = line(("bob", "x\recho"), ("alice", " a"), ("bob", "b"))
        #expect(written.owners(besides: "carol") == "bob and alice")
        #expect(written.owners(besides: "alice") == "bob")
        #expect(line(("bob", "echo")).owners(besides: "bob") == nil)
        #expect(line(("bob", "ls\r"), ("alice", "l")).owners(besides: "carol") == "alice")
    }

    @Test("nothing in a paste ends a line")
    func pastes() {
        var line = TypedLine()
        line.note(bytes("one\rtwo\r")[...], isPaste: true, by: "bob")
        #expect(line.writers == ["bob"])
        line.clear()
        #expect(!line.isOpen)
    }

    @Test("a line of which a part was to be kept out of the record is one, to its end")
    func hidden() {
        var line = line(("bob", "export "))
        line.note(bytes("TOKEN=1")[...], isPaste: false, isHidden: true, by: "bob")
        let lines = line.note(bytes("\rls\r")[...], isPaste: false, by: "alice")
        #expect(lines.map(\.isHidden) == [true, false])
    }

    @Test("of what was entered it says who wrote it, and what, unless keys edited it")
    func entered() {
        var line = line(("bob", "ec"))
        let lines = line.note(bytes("ho\rls\r\rx\u{7F}y\r\u{03}a\u{03}")[...], isPaste: false, by: "alice")
        #expect(lines.map(\.writers) == [["bob", "alice"], ["alice"], ["alice"]])
        #expect(lines.map(\.text) == [bytes("echo"), bytes("ls"), nil])
        line.note(bytes("\u{1B}[200~a\rb\u{1B}[201~")[...], isPaste: true, by: "bob")
        #expect(line.note(bytes("\r")[...], isPaste: false, by: "bob").map(\.text) == [bytes("a\rb")])
    }
}

@Suite("Lines that were entered, until the shell runs them")
struct EnteredLinesTests {
    private func lines(_ entered: (String, String?)...) -> EnteredLines {
        var lines = EnteredLines()
        for (name, text) in entered { add(name, text, to: &lines) }
        return lines
    }

    private func add(_ name: String, _ text: String?, isForShell: Bool = true, to lines: inout EnteredLines) {
        lines.add(EnteredLines.Line(writers: [name], turn: turn, text: text.map(bytes), isForShell: isForShell))
    }

    private let turn = TurnNumber(rawValue: 3)

    @Test("each command is its own writers', however late the shell says that it runs")
    func inOrder() {
        var lines = lines(("claude", "make"), ("bob", "ls"), ("alice", "ls"))
        #expect(lines.begin("make ")?.line.writers == ["claude"])
        #expect(lines.begin("ls")?.line.writers == ["bob"])
        #expect(lines.begin("ls")?.line.writers == ["alice"])
        // Of a list of commands that was entered at once the shell tells one after the other.
        #expect(lines.begin("x")?.line.writers == ["alice"])
    }

    @Test("all who wrote a command of several lines, or one that was edited, are named")
    func merged() {
        var lines = lines(("bob", "for i in 1 2; do"), ("alice", "echo $i"), ("bob", nil))
        #expect(lines.begin("for i in 1 2; do echo $i; done")?.line.writers == ["bob", "alice"])
        add("carol", nil, to: &lines)
        #expect(lines.begin("make test")?.line.writers == ["carol"])
    }

    @Test("of lines that were pasted as one, each command is its writer's, whoever typed ahead meanwhile")
    func pasted() {
        var lines = lines(("claude", "for i in a b; do\n    echo $i\ndone\nfalse;\n\ntrue"), ("bob", "ls"))
        for command in ["for i in a b; do     echo $i; done", "false;", "true"] {
            let found = lines.begin(command)
            #expect(found?.line.writers == ["claude"] && found?.isCertain == true, "\(command)")
        }
        #expect(lines.begin("ls")?.line.writers == ["bob"])
    }

    @Test("what was entered and read before an empty line stood there is nobody's next command")
    func forgotten() {
        var lines = lines(("bob", "# a comment"))
        lines.forget()
        add("claude", nil, to: &lines)
        #expect(lines.begin("make")?.line.writers == ["claude"])
    }

    @Test("where it may be lines of several turns, that is said")
    func mixed() {
        var lines = lines(("claude", "echo \"a"))
        lines.add(
            EnteredLines.Line(writers: ["bob"], turn: turn.next, text: bytes("b\""), isForShell: true))
        let found = lines.begin("echo \"a\nb\"")
        #expect(found?.isMixed == true && found?.isCertain == false && found?.line.writers == ["claude", "bob"])
    }

    @Test("what was typed ahead is the shell's only where nothing else is")
    func ahead() {
        var lines = EnteredLines()
        #expect(lines.begin("ls") == nil)
        add("bob", "ls", isForShell: false, to: &lines)
        add("alice", "ls", to: &lines)
        #expect(lines.begin("ls")?.line.writers == ["alice"])
        add("bob", "pwd", isForShell: false, to: &lines)
        #expect(lines.begin("pwd")?.line.writers == ["bob"])
    }

    @Test("are bounded")
    func bounded() {
        var lines = EnteredLines()
        for number in 0..<1_000 { add("n\(number)", "\(number)", to: &lines) }
        #expect(lines.begin("999")?.line.writers == ["n999"])
        #expect(lines.begin("998")?.line.writers == ["n999"])
    }

    @Test("a line that was kept out of the record stays out, whatever the shell makes of it")
    func hidden() {
        func hide(_ text: String?, isForShell: Bool = true, in lines: inout EnteredLines) {
            lines.add(
                EnteredLines.Line(
                    writers: ["bob"], turn: turn, text: text.map(bytes), isForShell: isForShell, isHidden: true))
        }
        var lines = EnteredLines()
        func isHidden(_ text: String) -> Bool {
            _ = lines.begin(text)
            return lines.isHidden
        }
        hide("export TOKEN=tok-1", in: &lines)
        #expect(isHidden(" export TOKEN=tok-1 "))
        add("bob", "ls", to: &lines)
        #expect(!isHidden("ls"), "the next line is another")
        add("alice", nil, to: &lines)
        #expect(isHidden("export TOKEN=tok-1"), "brought back from the history")
        add("alice", nil, to: &lines)
        #expect(isHidden("export TOKEN=tok-1; make"), "and edited")
        add("bob", nil, to: &lines)
        #expect(!isHidden("make test"))
        hide(nil, in: &lines)
        #expect(isHidden("export OTHER=tok-2"), "edited before it was entered")
        add("bob", "pwd", to: &lines)
        #expect(!isHidden("pwd"))
        hide("echo 'a", in: &lines)
        add("bob", "b'", to: &lines)
        #expect(isHidden("echo 'a\nb'"), "of several lines")
        hide("export AHEAD=1", isForShell: false, in: &lines)
        add("alice", nil, to: &lines)
        #expect(isHidden("export AHEAD=1"), "typed ahead")
    }
}
