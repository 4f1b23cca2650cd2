import Control
import Environment
import JSONText
import SessionModel
import Wire

/// Something that reads bytes from outside, with the properties that hold whatever they are.
enum Subject: String, CaseIterable {
    /// What programs print, into a terminal's state.
    case terminal
    /// What programs print, on its way to viewers.
    case filter
    /// A screen that comes from a host, shown in a window of another size.
    case update
    /// What a client types, and what its terminal says by itself.
    case input
    case frontEndMessage = "front-end-message"
    case hostMessage = "host-message"
    case journal
    case launchPlan = "launch-plan"
    /// A line of a team's key file.
    case keyLine = "key-line"
    /// A user's or a subsystem's name.
    case address
    /// A line of a script's or an agent's.
    case json
    /// What a program prints that looks like a shell's mark.
    case mark
    /// A project's devcontainer.json.
    case devContainer = "dev-container"
    /// What a program prints, with a secret in it, in pieces.
    case secretMask = "secret-mask"
    /// What the program says that made a place for a session.
    case preparedPlace = "prepared-place"

    func check(_ bytes: [UInt8]) {
        switch self {
        case .terminal: TerminalSubject.check(bytes)
        case .filter: TerminalSubject.checkFilter(bytes)
        case .update: TerminalSubject.checkUpdate(bytes)
        case .input: InputSubject.check(bytes)
        case .frontEndMessage:
            guard let message = try? FrontEndMessage(decoding: frame(bytes)) else { return }
            require(message.encoded.dropFirst(Frame.headerLength) == bytes.dropFirst(), "it is written as it was read")
        case .hostMessage:
            guard let message = try? HostMessage(decoding: frame(bytes)) else { return }
            require((try? HostMessage(decoding: reread(message.encoded))) == message, "it is read as it was written")
        case .journal: checkJournal(bytes)
        case .launchPlan:
            guard let plan = try? LaunchPlan(decoding: bytes) else { return }
            require((try? LaunchPlan(decoding: plan.encoded)) == plan, "it is read as it was written")
        case .keyLine: checkKeyLine(bytes)
        case .address: checkAddress(String(decoding: bytes, as: UTF8.self))
        case .json:
            guard let value = try? JSONValue(parsing: bytes) else { return }
            require((try? JSONValue(parsing: value.encoded)) == value, "it is read as it was written")
        case .mark:
            let secret = Array("5ec2e7".utf8)
            require(ShellMark(payload: bytes, secret: []) == nil, "without a secret there are no marks")
            guard ShellMark(payload: bytes, secret: secret) != nil else { return }
            require(bytes.count > secret.count + 5 && bytes.starts(with: "133;".utf8), "a mark has the secret")
        case .devContainer: checkDevContainer(bytes)
        case .secretMask: checkSecretMask(bytes)
        case .preparedPlace:
            guard let report = try? PreparationReport(decoding: bytes) else { return }
            require(report.encoded == bytes, "it is written as it was read")
        }
    }

    /// The first byte is the kind, the rest the body.
    private func frame(_ bytes: [UInt8]) -> Frame { Frame(kind: bytes.first ?? 0, body: bytes.dropFirst()) }

    private func reread(_ bytes: [UInt8]) -> Frame {
        Frame(kind: bytes[Frame.headerLength - 1], body: bytes[Frame.headerLength...])
    }

    private func checkJournal(_ bytes: [UInt8]) {
        var reader = ByteReader(bytes)
        guard (try? JournalHeader(decoding: &reader)) != nil else {
            // No fuzzer finds a checksum: the body of an entry is tried with the right one.
            var body = ByteWriter()
            body.put(UInt32(bytes.count))
            body.put(Checksum.crc32(of: bytes[...]))
            body.putRaw(bytes)
            var entry = ByteReader(body.bytes)
            if let read = try? JournalEntry(decoding: &entry) {
                require(read.encoded == body.bytes, "it is written as it was read")
            }
            return
        }
        while let entry = try? JournalEntry(decoding: &reader) { require(!entry.encoded.isEmpty, "it can be written") }
    }

    private func checkKeyLine(_ bytes: [UInt8]) {
        let files = [OperatorKind.person, .agent].map { KeyFile(name: "a.pub", kind: $0, bytes: bytes) }
        let (_, problems) = RosterReader.read(files) { type, base64 in
            OfferedKey(blob: Array((type + base64).utf8), fingerprint: Fingerprint(text: "SHA256:\(base64)"))
        }
        for problem in problems {
            let text = "\(problem)"
            require(!text.utf8.contains { $0 < 0x20 || $0 == 0x7F }, "a problem is told in one line")
        }
    }

    private func checkDevContainer(_ bytes: [UInt8]) {
        let surroundings = DevContainerSurroundings(
            folder: "/srv/api", fileFolder: "/srv/api/.devcontainer", identity: "id", localVariables: [], mounts: [],
            processors: 2, memory: 1 << 30, resolve: { $0 }, read: { _ in nil })
        do throws(DevContainerError) {
            let recipe = try DevContainerReader.recipe(of: bytes, in: surroundings)
            if case .image(let name) = recipe.base { require(!name.hasPrefix("-"), "an image is no option") }
            require(recipe.workspaceFolder.hasPrefix("/"), "the workspace is a path")
            require(!recipe.digest.isEmpty, "it can be told from others")
        } catch {
            require(!"\(error)".isEmpty, "an error is told")
        }
    }

    /// The first bytes say how long the pieces are.
    private func checkSecretMask(_ bytes: [UInt8]) {
        let secret = Array("hunter22-hunter23".utf8)
        var mask = SecretMask(values: [secret])
        let text = bytes.dropFirst(4).flatMap { $0 == 1 ? secret : $0 == 2 ? Array(secret.prefix(9)) : [$0] }
        var (shown, rest, turn): ([UInt8], ArraySlice<UInt8>, Int) = ([], text[...], 0)
        while !rest.isEmpty {
            let length = 1 + Int(bytes[turn % 4]) % 32
            shown += mask.mask(Array(rest.prefix(length)))
            rest = rest.dropFirst(length)
            turn += 1
        }
        shown += mask.release()
        require(shown.count == text.count, "nothing is added or lost")
        require(!shown.indices.contains { shown[$0...].starts(with: secret) }, "no secret is shown")
    }

    private func checkAddress(_ text: String) {
        if let address = try? SessionAddress(userName: text), let session = address.session {
            require(SessionName(session.text) == session, "a name that was accepted is a name")
        }
        _ = try? SessionAddress(subsystem: text)
        if let glob = Glob(text) { _ = glob.matches(text) }
        _ = IPAddress(text)
    }
}

/// Stops with a sentence where a property does not hold; libFuzzer takes that for a finding.
func require(_ holds: Bool, _ property: @autoclosure () -> String) {
    precondition(holds, "does not hold: \(property())")
}
