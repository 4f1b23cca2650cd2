import Foundation
import TestKit
import Testing
import Wire

/// 200,000 inputs made from the samples, in a process that may not have much more memory than it has.
///
/// A trap or an allocation beyond that ends the process, and fails the test. The numbers are the same in every run.
@Suite("Hostile bytes")
struct HostileBytesTests {
    @Test("as front-ends' messages never trap")
    func frontEnd() async {
        await #expect(processExitsWith: .success) {
            attack(Coding.frontEndMessage, Samples.frontEndMessages.map(\.value), inputs: 50_000)
        }
    }

    @Test("as hosts' messages never trap")
    func host() async {
        await #expect(processExitsWith: .success) {
            attack(Coding.hostMessage, Samples.hostMessages.map(\.value), inputs: 60_000)
        }
    }

    @Test("as launch plans never trap")
    func launchPlan() async {
        await #expect(processExitsWith: .success) {
            attack(Coding.launchPlan, Samples.launchPlans.map(\.value), inputs: 30_000)
        }
    }

    @Test("as a journal never trap")
    func journal() async {
        await #expect(processExitsWith: .success) {
            attack(Coding.journalEntry, Samples.records.map { Samples.entry($0.value) }, inputs: 50_000)
            attack(Coding.journalHeader, [Samples.header], inputs: 10_000)
        }
    }
}

/// Feeds mutated samples to a decoder; what it takes must come back the same from its own encoding.
private func attack<Value>(_ coding: Coding<Value>, _ samples: [Value], inputs: Int) {
    limitMemory(growth: 256 * 1_024 * 1_024)
    let seeds = samples.map(coding.encode)
    var numbers = SteadyNumbers(seed: 2_026)
    var taken = 0
    for _ in 0..<inputs {
        guard var bytes = seeds.randomElement(using: &numbers) else { return }
        for _ in 0...numbers.next() % 3 { mutate(&bytes, from: seeds, &numbers) }
        // Else the decoder would seldom look inside.
        if numbers.next() % 8 != 0 { bytes = coding.seal(bytes) }
        guard let value = try? coding.decode(bytes) else { continue }
        taken += 1
        #expect((try? coding.decode(coding.encode(value))) == value)
    }
    #expect(taken > inputs / 100, "enough of them get past the first checks: \(taken)")
}

private func mutate(_ bytes: inout [UInt8], from seeds: [[UInt8]], _ numbers: inout SteadyNumbers) {
    guard let place = bytes.indices.randomElement(using: &numbers) else { return }
    switch numbers.next() % 7 {
    case 0: bytes[place] ^= 1 << (numbers.next() % 8)
    case 1: bytes[place] = UInt8(truncatingIfNeeded: numbers.next())
    case 2: bytes[place] = [0, 1, 0x7F, 0x80, 0xFF].randomElement(using: &numbers) ?? 0
    case 3: bytes.removeSubrange(place..<min(bytes.count, place + Int(numbers.next() % 8)))
    case 4: bytes.insert(contentsOf: repeatElement(0xFF, count: Int(numbers.next() % 8)), at: place)
    case 5: bytes.removeLast(bytes.count - place)
    default:
        let other = seeds.randomElement(using: &numbers) ?? []
        bytes.replaceSubrange(place..., with: other.suffix(Int(numbers.next() % UInt64(max(1, other.count)))))
    }
}

private func limitMemory(growth: UInt) {
    let pages = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8))?.split(separator: " ").first
    let now = (pages.flatMap { UInt($0) } ?? 0) * UInt(getpagesize())
    var limit = rlimit(rlim_cur: now + growth, rlim_max: now + growth)
    #expect(setrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit) == 0)
}
