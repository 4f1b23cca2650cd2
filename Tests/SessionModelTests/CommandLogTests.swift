import SessionModel
import Testing

@Suite("What a shell's marks say")
struct CommandLogTests {
    private func context(_ offset: UInt64, isForeground: Bool = true) -> CommandLog.Context {
        CommandLog.Context(
            offset: StreamOffset(bytes: offset), time: offset, isShellInForeground: isForeground, authors: ["alice"],
            turn: TurnNumber(rawValue: 7))
    }

    @Test("is read only with the secret, and escapes are undone")
    func marks() {
        let secret = Array("5ec2e7".utf8)
        func mark(_ text: String) -> ShellMark? { ShellMark(payload: Array(text.utf8), secret: secret) }
        #expect(mark("133;A;5ec2e7;/tmp;x") == .promptBegins(directory: "/tmp;x"))
        #expect(mark("133;B;5ec2e7;3;!^") == .reads(status: 3, history: Array("!^".utf8)))
        #expect(mark("133;B;5ec2e7;;") == .reads(status: nil, history: []))
        #expect(mark("133;E;5ec2e7") == .outputEnds() && mark("133;E;5ec2e7;9") == .outputEnds(status: 9))
        #expect(mark("133;B;5ec2e7;3") == .reads(status: 3) && mark("133;B;5ec2e7") == .reads(status: nil))
        let text = #"133;C;5ec2e7;strong;a\\nb\nc;d\te"#
        #expect(mark(text) == .commandBegins(text: "a\\nb\nc;d\te", isCertain: true))
        #expect(mark("133;C;5ec2e7;weak;") == .commandBegins(text: "", isCertain: false))
        #expect(mark("133;D;5ec2e7;255") == .commandEnds(status: 255))
        for wrong in [
            "133;A;5ec2e8;/", "133;A;;/", "133;A", "133;", "", "133;D;5ec2e7;256", "133;D;5ec2e7;", "133;Z;5ec2e7",
        ] {
            #expect(mark(wrong) == nil, "\(wrong)")
        }
        #expect(ShellMark(payload: Array("133;A;;/".utf8), secret: []) == nil)
    }

    @Test("makes records of commands: text, place, author, output and status")
    func record() {
        var log = CommandLog()
        #expect(log.note(.promptBegins(directory: "/tmp"), context(1)).isEmpty)
        #expect(log.note(.reads(status: nil), context(2)).isEmpty && log.state.isReady)
        log.noteTyping()
        #expect(log.state.isAtPrompt && !log.state.isReady)
        _ = log.note(.commandBegins(text: "make", isCertain: true), context(10))
        #expect(log.state.phase == .running)
        _ = log.note(.outputEnds(), context(20))
        _ = log.note(.commandEnds(status: 2), context(25, isForeground: false))
        let command = log.command(CommandNumber(rawValue: 1))
        #expect(
            command?.start.text == "make" && command?.start.directory == "/tmp" && command?.start.authors == ["alice"])
        #expect(command?.end?.status == 2 && command?.end?.output == StreamOffset(bytes: 20))
        #expect(command?.start.knowledge == .exact && command?.end?.knowledge == .strong)
    }

    @Test("counts a prompt that is drawn again once, and ends a command by the next prompt where nothing else does")
    func prompts() {
        var log = CommandLog()
        for _ in 0..<3 { _ = log.note(.reads(status: 0), context(1)) }
        #expect(log.state.prompts == 1)
        _ = log.note(.commandBegins(text: "", isCertain: false), context(2))
        guard case .ended(_, let end)? = log.note(.reads(status: 9), context(3)).first else {
            Issue.record("the command has ended")
            return
        }
        #expect(end.status == 9 && log.state.prompts == 2)
        _ = log.note(.commandBegins(text: "a", isCertain: true), context(4))
        #expect(log.note(.commandBegins(text: "b", isCertain: true), context(5)).count == 2)
        #expect(log.commands[1].end?.status == nil && log.commands[1].end != nil)
    }

    @Test(
        "takes a prompt for the end of a command without saying exactly where that was, unless something else says it")
    func unsaid() {
        var log = CommandLog()
        _ = log.note(.commandBegins(text: "a", isCertain: true), context(2))
        _ = log.note(.reads(status: 9), context(9))
        #expect(log.commands[0].end?.knowledge == .weak)
        _ = log.note(.commandBegins(text: "b", isCertain: true), context(12))
        _ = log.note(.outputEnds(status: 4), context(15))
        _ = log.note(.reads(status: nil), context(19))
        #expect(log.commands[1].end?.status == 4 && log.commands[1].end?.output == StreamOffset(bytes: 15))
        #expect(log.commands[1].end?.knowledge == .exact)
        _ = log.note(.commandBegins(text: "c", isCertain: true), context(22))
        _ = log.note(.reads(status: nil), context(29))
        #expect(log.commands[2].end?.knowledge == .weak && log.commands[2].end?.status == nil)
    }

    private static let run = CommandOrigin.run(RunNumber(rawValue: 1))

    /// A log at its prompt, where a command was typed whole in turn 7.
    private func typed(_ text: String = "line 1\nline 2") -> CommandLog {
        var log = CommandLog()
        _ = log.note(.reads(status: 0), context(1))
        log.noteTyped(Array(text.utf8), Self.run, in: TurnNumber(rawValue: 7))
        return log
    }

    /// Which of the commands that the shell says next are what was typed.
    private func own(_ typed: String, _ said: [String]) -> [Bool] {
        var log = self.typed(typed)
        for text in said { _ = log.note(.commandBegins(text: text, isCertain: !text.isEmpty), context(2)) }
        return log.commands.map { $0.start.origin == Self.run }
    }

    @Test("knows a typed command by its text, however the shell spells it, and no other")
    func texts() {
        #expect(own("make test", ["make test"]) == [true] && own("make test", ["make tests"]) == [false])
        #expect(own("make test", ["make"]) == [true], "the shell may say a list one after the other")
        #expect(own("make test", [""]) == [true], "it may keep a text to itself")
        #expect(
            own("for i in 1 2; do\n    echo $i\ndone\n# done\nfalse", ["for i in 1 2; do     echo $i; done", "false"])
                == [true, true])
        #expect(own("curl http://x/?a=1&b", ["curl http://x/\\?a\\=1\\&b"]) == [true])
        #expect(own("echo ö\tä", ["echo ??"]) == [true])
        #expect(own("cat <<E\nls\nE\nfalse", ["cat <<E\nls\nE", "false"]) == [true, true])
        let long = String(repeating: "x", count: 5_000)
        #expect(own("echo \(long)\nls", [String("echo \(long)".prefix(3_000)), "ls"]) == [true, true])
        #expect(own("ls\nls", ["ls", "ls", "ls"]) == [true, true, false])
        #expect(own("echo \"a", ["echo \"a\nb\""]) == [false], "somebody wrote the rest")
    }

    @Test("knows a command by its text also where that stays out of the record")
    func hidden() {
        var log = typed()
        var hidden = context(2)
        hidden.isHidden = true
        _ = log.note(.commandBegins(text: "line 1", isCertain: true), hidden)
        #expect(log.commands[0].start.text == CommandRecord.hiddenText && log.commands[0].start.textKnowledge == .weak)
        #expect(log.commands[0].start.origin == Self.run)
    }

    @Test("takes a command without a text for none that was typed, where Ctrl-C came between")
    func interrupted() {
        var log = typed()
        log.noteInterrupt()
        _ = log.note(.commandBegins(text: "", isCertain: false), context(2))
        _ = log.note(.commandBegins(text: "line 2", isCertain: true), context(2))
        _ = log.note(.commandBegins(text: "line 1", isCertain: true), context(2))
        #expect(log.commands.map(\.start.origin) == [nil, nil, Self.run], "nor one that is but a part of it")
        _ = log.note(.commandEnds(status: 192), context(3))
        #expect(log.commands.last?.end?.knowledge == .weak, "it may be the last one's")
    }

    @Test("has what was typed whole at a prompt as the origin of all that begins before the next prompt")
    func origin() {
        var log = typed()
        for text in ["line 1", "line 2"] { _ = log.note(.commandBegins(text: text, isCertain: true), context(2)) }
        _ = log.note(.commandEnds(status: 0), context(3))
        _ = log.note(.reads(status: 0), context(4))
        _ = log.note(.commandBegins(text: "typed ahead", isCertain: true), context(5))
        #expect(log.commands.map(\.start.origin) == [Self.run, Self.run, nil])
    }

    @Test("knows no origin of a line that somebody else entered, completed, or of which only a part was written")
    func noOrigin() {
        var entered = typed()
        var other = context(2)
        other.turn = TurnNumber(rawValue: 8)
        other.isTurnCertain = true
        _ = entered.note(.commandBegins(text: "line 1", isCertain: true), other)
        var mixed = typed()
        var both = context(2)
        both.isTurnMixed = true
        _ = mixed.note(.commandBegins(text: "", isCertain: false), both)
        var completed = typed()
        _ = completed.note(.continues, context(2))
        _ = completed.note(.commandBegins(text: "echo \"a\nb\"", isCertain: true), context(3))
        var cut = typed()
        cut.noteCut(of: TurnNumber(rawValue: 6))
        cut.noteCut(of: TurnNumber(rawValue: 7))
        _ = cut.note(.commandBegins(text: "line", isCertain: true), context(3))
        var refused = typed()
        refused.noteEmptyLine(isNewPrompt: true)
        _ = refused.note(.commandBegins(text: "line 1", isCertain: true), context(3))
        for log in [entered, mixed, completed, cut, refused] { #expect(log.commands[0].start.origin == nil) }
    }

    @Test("has the end of the command that ended the shell itself")
    func shellEnd() {
        var log = typed()
        #expect(log.noteShellEnd(1, context(2)).isEmpty, "nothing ran")
        _ = log.note(.commandBegins(text: "line 1", isCertain: true), context(2))
        _ = log.noteShellEnd(42, context(9))
        #expect(log.commands[0].end?.status == 42 && log.commands[0].start.origin == Self.run)
    }

    @Test("is bounded, and the newest stay")
    func bounded() {
        var log = CommandLog()
        for number in 1...5_000 {
            _ = log.note(.commandBegins(text: "\(number)", isCertain: true), context(UInt64(number)))
        }
        #expect(log.commands.count <= CommandLog.limit && log.state.command.rawValue == 5_000)
        #expect(log.command(CommandNumber(rawValue: 5_000))?.start.text == "5000")
        #expect(log.command(CommandNumber(rawValue: 1)) == nil)
    }

    @Test("output is kept up to a limit, and asked for by its offsets")
    func history() {
        var history = OutputHistory(limit: 10)
        for _ in 0..<50 { history.append(Array("abc".utf8)) }
        #expect(history.end == StreamOffset(bytes: 150) && history.start == StreamOffset(bytes: 140))
        #expect(Array(history.part(from: StreamOffset(bytes: 147), to: history.end).bytes) == Array("abc".utf8))
        #expect(history.part(from: .start, to: history.end).start == StreamOffset(bytes: 140))
        #expect(history.part(from: StreamOffset(bytes: 500), to: StreamOffset(bytes: 9)).bytes.isEmpty)
        history.append(Array(repeating: 7, count: 100))
        #expect(Array(history.part(from: .start, to: history.end).bytes) == Array(repeating: 7, count: 10))
    }
}
