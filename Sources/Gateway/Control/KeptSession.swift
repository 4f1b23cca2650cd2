import Control
import HostClient
import JSONText
import Platform
import SessionModel
import Wire

/// What is kept of a life of a session that is over: each question is answered by a process that reads the journal.
final class KeptSession: SessionAnswers {
    /// Answers for one caller at a time.
    private static let limit = 4

    let name: SessionName
    private let life: SessionLife
    private let desk: GatewayDesk

    init(_ name: SessionName, _ life: SessionLife, desk: GatewayDesk) {
        self.name = name
        self.life = life
        self.desk = desk
    }

    func ask(_ question: ControlQuestion) async throws(ControlFailure) -> ControlAnswer {
        guard desk.store.contains(name) else { throw nothingIsKept }
        guard desk.readingJournals < Self.limit else {
            throw ControlFailure(.busy, "several records are being read for you already; try again later")
        }
        desk.readingJournals += 1
        defer { desk.readingJournals -= 1 }
        let (journal, life) = (desk.store.journal(of: name), life.word)
        let answer = await withCheckedContinuation { continuation in
            desk.loop.runAside({ Self.answer(to: question, from: journal, life) }) {
                continuation.resume(returning: $0)
            }
        }
        guard let answer else { throw nothingIsKept }
        return answer
    }

    private var nothingIsKept: ControlFailure {
        let what = life == .last ? "is not running, and has no record" : "has no record of that"
        return ControlFailure(
            .notRunning, "'\(name)' \(what); 'ls' shows the state of each session, 'new' starts one",
            data: ["session": .string(name.text)])
    }

    private static func answer(to question: ControlQuestion, from journal: String, _ life: String) -> ControlAnswer? {
        let frame = FrontEndMessage.control(Reference(rawValue: 0), question).encoded
        guard let asked = try? MemoryFile.holding(frame) else { return nil }
        var decoder = FrameDecoder(bodyLimit: HostMessage.bodyLimit)
        let status = try? PipedProgram.run(
            ["\(ThisProgram.directory)/cmdop-host", "answer", journal, life], environment: [],
            inherited: [asked.borrowed], errors: .discarded
        ) { decoder.append($0) }
        guard status == 0, let answer = try? decoder.next(),
            case .control(_, let found)? = try? HostMessage(decoding: answer)
        else { return nil }
        return found
    }
}

extension SessionLife {
    fileprivate var word: String {
        switch self {
        case .last: "last"
        case .incarnation(let number): "i\(number.rawValue)"
        case .at(let number): "e\(number.rawValue)"
        }
    }
}
