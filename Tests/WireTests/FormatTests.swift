import Testing
import Wire

/// What holds for every format: there and back, recorded bytes, and bytes that are missing or too many.
@Suite("Every format")
struct FormatTests {
    @Test("of front-ends' messages keeps its promises", arguments: Samples.frontEndMessages)
    func frontEnd(_ sample: Sample<FrontEndMessage>) throws {
        try check(sample, .frontEndMessage, in: "front-end-messages")
    }

    @Test("of hosts' messages keeps its promises", arguments: Samples.hostMessages)
    func host(_ sample: Sample<HostMessage>) throws { try check(sample, .hostMessage, in: "host-messages") }

    @Test("of the local socket's messages keeps its promises", arguments: Samples.localMessages)
    func local(_ sample: Sample<LocalMessage>) throws { try check(sample, .localMessage, in: "local-messages") }

    @Test("of cmdop-inside's answers keeps its promises", arguments: Samples.socketAnswers)
    func socketAnswer(_ sample: Sample<SocketAnswer>) throws {
        try check(sample, .socketAnswer, in: "socket-answers")
    }

    @Test("of what a preparation says keeps its promises", arguments: Samples.preparationReports)
    func preparationReport(_ sample: Sample<PreparationReport>) throws {
        try check(sample, .preparationReport, in: "preparation-reports")
    }

    @Test("of launch plans keeps its promises", arguments: Samples.launchPlans)
    func launchPlan(_ sample: Sample<LaunchPlan>) throws { try check(sample, .launchPlan, in: "launch-plans") }

    @Test("of launch plans reads those of earlier versions")
    func oldLaunchPlans() throws {
        let file = try GoldenFile("launch-plans")
        #expect(try LaunchPlan(decoding: file.bytes(of: "plan", encodedNow: [])) == Samples.plan)
        #expect(try LaunchPlan(decoding: file.bytes(of: "plan-bare", encodedNow: [])) == Samples.barePlan)
        // Version 2 had marks, and no modes.
        #expect(try LaunchPlan(decoding: file.bytes(of: "plan-2", encodedNow: [])) == Samples.plan)
        #expect(try LaunchPlan(decoding: file.bytes(of: "plan-bare-2", encodedNow: [])) == Samples.barePlan)
        #expect(try LaunchPlan(decoding: file.bytes(of: "plan-marks", encodedNow: [])) == Samples.markedPlan)
        // Version 3 had modes, and no preparation.
        #expect(try LaunchPlan(decoding: file.bytes(of: "plan-3", encodedNow: [])) == Samples.plan)
        #expect(try LaunchPlan(decoding: file.bytes(of: "plan-bare-3", encodedNow: [])) == Samples.barePlan)
        #expect(try LaunchPlan(decoding: file.bytes(of: "plan-marks-3", encodedNow: [])) == Samples.markedPlan)
        #expect(try LaunchPlan(decoding: file.bytes(of: "plan-led", encodedNow: [])) == Samples.ledPlan)
        // Version 4 had secrets, and none as files.
        for (name, plan) in [
            ("plan-4", Samples.plan), ("plan-bare-4", Samples.barePlan), ("plan-marks-4", Samples.markedPlan),
            ("plan-led-4", Samples.ledPlan), ("plan-prepared", Samples.preparedPlan),
            ("plan-grouped", Samples.groupedPlan), ("plan-of-other", Samples.otherPlan),
        ] { #expect(try LaunchPlan(decoding: file.bytes(of: name, encodedNow: [])) == plan, "\(name)") }
    }

    @Test("of journal entries keeps its promises", arguments: Samples.records)
    func journalEntry(_ sample: Sample<JournalRecord>) throws {
        try check(Sample(sample.name, Samples.entry(sample.value)), .journalEntry, in: "journal-entries")
    }

    @Test("of journal headers keeps its promises")
    func journalHeader() throws {
        try check(Sample("header", Samples.header), .journalHeader, in: "journal-headers")
        try check(Sample("header-2", Samples.oldHeader), .journalHeader, in: "journal-headers")
        try check(Sample("header-3", Samples.newHeader), .journalHeader, in: "journal-headers")
        try check(Sample("header-4", Samples.newestHeader(version: 4)), .journalHeader, in: "journal-headers")
        try check(Sample("header-5", Samples.newestHeader(version: 5)), .journalHeader, in: "journal-headers")
    }

    @Test("has a sample of every kind, and no recording without a value")
    func complete() throws {
        let kind = Frame.headerLength - 1
        #expect(Set(Samples.frontEndMessages.map { $0.value.encoded[kind] }) == Set(1...27))
        #expect(Set(Samples.hostMessages.map { $0.value.encoded[kind] }) == Set(1...28).union([29, 31, 32, 33, 48]))
        #expect(Set(Samples.localMessages.map { $0.value.encoded[kind] }) == Set(1...5))
        #expect(try GoldenFile("local-messages").names == Set(Samples.localMessages.map(\.name)))
        #expect(try GoldenFile("preparation-reports").names == Set(Samples.preparationReports.map(\.name)))
        let records = Samples.records.map { Samples.entry($0.value).encoded[JournalEntry.headerLength] }
        #expect(Set(records) == Set(1...32).union(34...41).union([45]))
        #expect(try GoldenFile("front-end-messages").names == Set(Samples.frontEndMessages.map(\.name)))
        #expect(try GoldenFile("host-messages").names == Set(Samples.hostMessages.map(\.name)))
        #expect(
            try GoldenFile("launch-plans").names
                == Set(
                    Samples.launchPlans.map(\.name) + [
                        "plan", "plan-bare", "plan-2", "plan-bare-2", "plan-marks", "plan-3", "plan-bare-3",
                        "plan-marks-3", "plan-led", "plan-4", "plan-bare-4", "plan-marks-4", "plan-led-4",
                        "plan-prepared", "plan-grouped", "plan-of-other",
                    ]))
        #expect(try GoldenFile("journal-entries").names == Set(Samples.records.map(\.name)))
        #expect(try GoldenFile("journal-headers").names == ["header", "header-2", "header-3", "header-4", "header-5"])
    }

    private func check<Value>(_ sample: Sample<Value>, _ coding: Coding<Value>, in file: String) throws {
        let bytes = coding.encode(sample.value)
        #expect(try coding.decode(bytes) == sample.value)
        let recorded = try GoldenFile(file).bytes(of: sample.name, encodedNow: bytes)
        #expect(recorded == bytes, "today's encoder writes\n\(GoldenFile.text(sample.name, bytes))")
        #expect(try coding.decode(recorded) == sample.value)
        for count in bytes.indices {
            #expect(throws: WireError.truncated) { try coding.decode(Array(bytes[..<count])) }
        }
        #expect(throws: WireError.trailingBytes(1)) { try coding.decode(bytes + [0]) }
        checkBodies(sample, coding, bytes)
    }

    /// Bodies that are too short or too long, with a length and a checksum that say it is so.
    private func checkBodies<Value>(_ sample: Sample<Value>, _ coding: Coding<Value>, _ bytes: [UInt8]) {
        guard coding.prefixLength > 0 else { return }
        // What was typed or printed has no length of its own: it is what the body holds.
        let isOpenEnded = (try? coding.decode(coding.seal(bytes + [0]))) != nil
        guard !isOpenEnded else {
            return #expect(sample.name.hasPrefix("input") || sample.name.hasPrefix("output"))
        }
        for count in coding.prefixLength..<bytes.count {
            #expect(throws: WireError.truncated) { try coding.decode(coding.seal(Array(bytes[..<count]))) }
        }
        #expect(throws: WireError.trailingBytes(1)) { try coding.decode(coding.seal(bytes + [0])) }
    }
}
