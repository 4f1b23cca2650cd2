import SessionModel
import Testing

@Suite("Bytes that are meant as text")
struct ByteStringTests {
    @Test(
        "are shown as text, and what is none as what it is",
        arguments: [
            ([UInt8]("n\u{E9}w \\x41".utf8), "n\u{E9}w \\x41"), ([0x6E, 0xE9, 0x77], "n\\xe9w"),
            ([0xFF, 0x0A, 0xC3], "\\xff\n\\xc3"), ([0xED, 0xA0, 0x80, 0x61], "\\xed\\xa0\\x80a"), ([], ""),
            ([0xF0, 0x9F, 0x98, 0x80, 0x80], "\u{1F600}\\x80"),
        ])
    func shown(_ bytes: [UInt8], _ shown: String) { #expect(ByteString(bytes).shown == shown) }

    @Test("come back from a string as they went in, whatever they are")
    func carried() {
        var generator = SystemRandomNumberGenerator()
        let special = Array("\u{10FF80}\u{10FFFF}\u{10FF7F}é".utf8)
        for length in 0..<300 {
            var bytes = (0..<length).map { _ in UInt8.random(in: 0...255, using: &generator) }
            bytes.insert(contentsOf: special, at: Int.random(in: 0...length, using: &generator))
            #expect(ByteString(carried: ByteString(bytes).carried).bytes == bytes)
        }
        #expect(!ByteString.carriesBytes(ByteString("text é").carried))
        #expect(ByteString.carriesBytes(ByteString([0xE9]).carried))
    }

    @Test("as a command for what passes text only")
    func evaluated() {
        #expect(ByteString("ls é").evaluated(by: "bash") == "ls é")
        let bytes = ByteString(Array("echo '%é\\n".utf8) + [0xE9])
        #expect(
            bytes.evaluated(by: "sh").text == #"eval "$(printf '%b' 'echo \0047\0045é\0134n\0351')""#)
        #expect(ByteString([0xE9]).evaluated(by: "fish").text == #"eval (printf '%b' '\0351' | string collect)"#)
    }
}
