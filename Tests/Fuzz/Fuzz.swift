import Glibc

/// The entry of libFuzzer (llvm.org/docs/LibFuzzer.html): runs one parser on whatever it thinks of.
///
/// `make fuzz` builds this with the fuzzer's instrumentation and runs every ``Subject`` for a stated time. A subject
/// traps where a property does not hold; libFuzzer keeps the input, which then becomes a fixture.
@_silgen_name("LLVMFuzzerRunDriver")
private func runFuzzer(
    _ count: UnsafeMutablePointer<CInt>,
    _ words: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
    _ test: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
) -> CInt

/// What SwiftPM names the program's `main`. The subject is named by `SUBJECT`; without one, all are listed.
@_cdecl("Fuzz_main")
func fuzz(_ count: CInt, _ words: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> CInt {
    guard let name = getenv("SUBJECT").map({ String(cString: $0) }) else {
        for subject in Subject.allCases { print(subject.rawValue) }
        return 0
    }
    guard Subject(rawValue: name) != nil else {
        print("there is no subject '\(name)'; without SUBJECT, all are listed")
        return 2
    }
    var (count, words) = (count, words)
    return runFuzzer(&count, &words) { bytes, count in
        Subject.chosen.check(Array(UnsafeBufferPointer(start: bytes, count: count)))
        return 0
    }
}

extension Subject {
    fileprivate static let chosen: Subject = {
        guard let name = getenv("SUBJECT"), let subject = Subject(rawValue: String(cString: name)) else {
            preconditionFailure("the subject was checked at the start")
        }
        return subject
    }()
}
