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
        _ = log.note(.outputEnds, context(20))
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
