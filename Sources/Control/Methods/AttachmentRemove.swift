import JSONText
import SessionModel
import Wire

extension ControlMethod {
    static let attachmentRemove = ControlMethod(
        "attachment.remove", "end somebody's attachment, or what else they have open (role lead)",
        details: "A command or a private shell ends with its processes, a forward with its connections; a control "
            + "channel that was opened for the session is closed. Their key may come again: what a key may do, the "
            + "configuration says.", scope: .session(.end),
        traits: .destructive,
        parameters: [
            .init("attachment", .integer(1...4_294_967_295), isRequired: true, "its number, as attachment.list has it")
        ],
        result: [.init("attachment", .count, isRequired: true, "which")], failures: [.noSuchAttachment],
        verb: VerbForm("kick", [.session, .init("attachment", "ATTACHMENT")]) { result, _ in
            "Attachment \(result["attachment"]?.integer ?? 0) is removed.\n"
        }
    ) { call async throws(ControlFailure) in
        let number = UInt32(clamping: call.integer("attachment") ?? 0)
        let question = ControlQuestion.remove(AttachmentID(rawValue: number), by: call.desk.caller)
        guard case .done(true) = try await call.live().ask(question) else {
            throw ControlFailure(
                .noSuchAttachment, "nothing of the number \(number) is open in '\(call.session)'; 'who' lists them")
        }
        return ["attachment": .count(number)]
    }
}
