import JSONText
import ScreenModel
import SessionModel
import Wire

extension ControlMethod {
    private static let conditions: [Schema.Property] = [
        .init("turn", .count, "only if this turn is yours"),
        .init("screenRevision", .count, "only if nothing was printed since the screen had this revision"),
        .init("atPrompt", .boolean, "only if the shell reads a line (true), or does not (false)"),
        .init("echo", .boolean, "only if what is typed is shown (true), or hidden as at a password prompt (false)"),
        .init("lineEmpty", .boolean, "only if nothing is typed at the prompt (true), or something is (false)"),
        .init("foreground", .string(limit: 64), "only if this program, or this process group, has the terminal"),
    ]

    private static let result: [Schema.Property] = [
        .init("turn", .count, isRequired: true, "in which it was typed"),
        .init("bytes", .count, isRequired: true, "how much was typed"),
        .init("revision", .count, isRequired: true, "of the screen, from before"),
    ]

    private static let failures: [ControlFailure.Code] = [
        .turnHeld, .onlyWatching, .conditionFailed, .busy, .canNotType,
    ]

    static let inputSend = ControlMethod(
        "input.send", "type text or bytes, if what you expect is true",
        details: "The conditions are checked and the input is typed in one step. A free turn is taken by it.",
        scope: .session(.steer),
        parameters: [
            .init("text", .string(limit: 65_536), "what to type; Enter is \"\\r\""),
            .init("bytes", .string(limit: 87_384), "the same in base64, for what is no text"),
        ] + conditions, result: result, failures: failures
    ) { call async throws(ControlFailure) in
        switch (call.text("text"), call.text("bytes").map { Base64.decode($0.utf8) }) {
        case (let text?, nil): return try await type(.keys(Array(text.utf8)), call)
        case (nil, let bytes??): return try await type(.keys(bytes), call)
        case (nil, .some(nil)): throw ControlFailure(.invalidParameters, "input.send has 'bytes' that are no base64")
        default: throw ControlFailure(.invalidParameters, "input.send needs 'text' or 'bytes', one of them")
        }
    }

    static let inputKeys = ControlMethod(
        "input.keys", "press named keys, one after the other",
        details: "Names are those of tmux: Enter, Tab, Escape, Space, BSpace, Up, Down, Left, Right, Home, End, "
            + "PageUp, PageDown, Insert, Delete, F1 to F12, C-c for Ctrl, M-x for Alt; a single character is itself.",
        scope: .session(.steer),
        parameters: [.init("keys", .list(.string(limit: 16)), isRequired: true, "at most 256")] + conditions,
        result: result, failures: failures,
        verb: VerbForm("keys", [.session, .init("keys", "KEY[,KEY…]")]) { result, _ in
            "\(result["bytes"]?.integer ?? 0) bytes typed, in turn \(result["turn"]?.integer ?? 0).\n"
        }
    ) { call async throws(ControlFailure) in
        let names = (call.arguments["keys"]?.array ?? []).compactMap(\.string)
        guard (1...256).contains(names.count) else {
            throw ControlFailure(.invalidParameters, "input.keys needs from 1 to 256 keys")
        }
        let live = try await call.live()
        guard case .looked(let screen) = try await live.ask(.look) else { throw .notRunning(call.session) }
        var bytes: [UInt8] = []
        for name in names {
            guard let key = NamedKey.bytes(of: name, isApplication: screen.modes.applicationCursorKeys) else {
                throw ControlFailure(
                    .invalidParameters, "there is no key '\(name.printable)'; names are as in tmux, like Enter or C-c")
            }
            bytes += key
        }
        return try await type(.keys(bytes), call)
    }

    static let inputPaste = ControlMethod(
        "input.paste", "paste text, as from a clipboard",
        details: "Bracketed where the program asks for that, so that a shell runs nothing before Enter.",
        scope: .session(.steer),
        parameters: [.init("text", .string(limit: 65_536), isRequired: true, "lines end with a line feed")]
            + conditions,
        result: result, failures: failures
    ) { call async throws(ControlFailure) in
        try await type(.paste(try pasteable(call.text("text") ?? "")), call)
    }

    /// Text that can not end a paste from within.
    static func pasteable(_ text: String) throws(ControlFailure) -> [UInt8] {
        let bytes = Array(text.utf8)
        guard bytes.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || $0 == 0x0A || $0 == 0x09 }) else {
            throw ControlFailure(
                .canNotType,
                "the text holds control characters, which a shell would act on; use input.send for those")
        }
        return bytes
    }

    private static func type(_ content: InputContent, _ call: ControlCall) async throws(ControlFailure) -> JSONValue {
        let conditions = InputConditions(
            turn: call.integer("turn").map { TurnNumber(rawValue: UInt64($0)) },
            revision: call.integer("screenRevision").map { StreamOffset(bytes: UInt64($0)) },
            isAtPrompt: call.flag("atPrompt"), isEchoing: call.flag("echo"), isLineEmpty: call.flag("lineEmpty"),
            foreground: call.text("foreground"))
        // It would take the turn for nothing.
        guard !content.bytes.isEmpty else {
            throw ControlFailure(.invalidParameters, "there is nothing to type; screen.get says what is true")
        }
        let live = try await call.live()
        let state = try await live.type(content, if: conditions)
        return [
            "turn": .count(state.turn.rawValue), "bytes": .count(content.bytes.count),
            "revision": .count(state.offset.bytes),
        ]
    }
}

extension LiveSession {
    /// Types, or says why not; the state is that of the moment before, in the turn that it was typed in.
    func type(
        _ content: InputContent, if conditions: InputConditions
    ) async throws(ControlFailure) -> TerminalState {
        switch try await ask(.send(try await attachment(), content, conditions)) {
        case .typed(let state, _): return state
        case .notTyped(let refusal, let state, let notice): throw .notTyped(refusal, state, notice, queue.mode)
        default: throw .notRunning(name)
        }
    }
}

extension ControlFailure {
    static var isFromHistory: ControlFailure {
        ControlFailure(
            .canNotType,
            "the shell would replace a part of it from its history, and run another command: put '!' into single "
                + "quotes, or a backslash before it, and begin no line with '^'; or turn that off first, with 'set +H' "
                + "in bash and 'setopt nobanghist' in zsh")
    }

    static var budgetIsSpent: ControlFailure {
        ControlFailure(.limited, "your budget for this hour is spent; try again later, or ask a person")
    }

    static func notTyped(
        _ refusal: InputRefusal, _ state: TerminalState, _ notice: TurnNotice, _ mode: TurnMode
    ) -> ControlFailure {
        if refusal.isBusy {
            return ControlFailure(.busy, "the program reads nothing, and much is on its way to it; try again later")
        }
        switch refusal.refusal {
        case .onlyWatching?:
            return ControlFailure(.onlyWatching, "you only watch in this session; ask a lead for another role")
        case .turnHeld?, .turnReserved?: return .turnHeld(notice, mode)
        case .needsApproval?:
            return ControlFailure(
                .needsApproval,
                "you type nothing here that no person approved; use command.run, which proposes the command and waits")
        case .budgetSpent?: return .budgetIsSpent
        case .fromHistory?: return .isFromHistory
        case .needsChaperone?:
            return ControlFailure(.limited, "you may steer only while a person is attached, and nobody is; try later")
        case .noLead?, .mustAsk?:
            return ControlFailure(
                .turnHeld, "only a lead gives the turn in this session; ask for it with turn.acquire or turn.request",
                data: JSONValue.turn(notice).object ?? JSONObject())
        case nil: break
        }
        var data = JSONObject([("unmet", .array(refusal.unmet.map { .string($0) }))])
        data["turn"] = .turn(notice)
        data["shell"] = .shell(state.shell)
        data["echo"] = .bool(state.isEchoing)
        data["foreground"] = .string(state.foregroundName)
        data["screenRevision"] = .count(state.offset.bytes)
        return ControlFailure(
            .conditionFailed,
            "nothing was typed, because of \(refusal.unmet.joined(separator: ", ")); 'data' says what is true now",
            data: data)
    }
}
