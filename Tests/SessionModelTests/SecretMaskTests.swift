import SessionModel
import TestKit
import Testing

@Suite("A secret that a program prints")
struct SecretMaskTests {
    private static let marks = Array("00ff5ec2e7".utf8)

    private func masked(_ pieces: [String], marks: [UInt8] = Self.marks, values: [String] = []) -> String {
        var mask = SecretMask(marks: marks, values: values.map { Array($0.utf8) })
        var output: [UInt8] = []
        for piece in pieces { output += mask.mask(Array(piece.utf8)) }
        return String(decoding: output + mask.release(), as: UTF8.self)
    }

    /// However the text is cut in two; and byte by byte.
    private func masked(everyWay text: String, values: [String]) -> Set<String> {
        let characters = Array(text)
        let cuts = (0...characters.count).map { [String(characters[..<$0]), String(characters[$0...])] }
        return Set(cuts.map { masked($0, values: values) })
    }

    @Test("is masked, but not in a mark")
    func whole() {
        #expect(masked(["k=00ff5ec2e7;00ff5ec2e7\n"]) == "k=xxxxxxxxxx;xxxxxxxxxx\n")
        #expect(masked(["\u{1B}]133;A;00ff5ec2e7;/tmp\u{7}"]) == "\u{1B}]133;A;00ff5ec2e7;/tmp\u{7}")
        #expect(masked(["000ff5ec2e7 00ff5ec2e6"]) == "0xxxxxxxxxx 00ff5ec2e6")
    }

    @Test("a mark passes wherever it is cut")
    func marks() {
        let mark = "\u{1B}]133;D;00ff5ec2e7;0\u{7}"
        #expect(masked(everyWay: mark, values: []) == [mark])
        #expect(masked(mark.map(String.init)) == mark)
    }

    @Test("of several values each is masked, also one within another, wherever a piece ends")
    func several() {
        let values = ["swordfish", "swordfish-and-more", "fish-and-"]
        #expect(masked(["a=swordfish b=swordfish-an"], values: values) == "a=xxxxxxxxx b=xxxxxxxxx-an")
        let whole = masked(["[swordfish-and-more]"], values: values)
        #expect(whole == "[xxxxxxxxxxxxxxxxxx]")
        for cut in masked(everyWay: "[swordfish-and-more]", values: values) {
            #expect(!cut.contains("sword") && cut.count == whole.count && cut.hasSuffix("xxxxxxxxx]"), "\(cut)")
        }
        #expect(masked(everyWay: "[swordfis]", values: values) == ["[swordfis]"])
    }

    @Test("a beginning is held back until it is known; one of less than four bytes is not")
    func heldBack() {
        var mask = SecretMask(values: [Array("swordfish".utf8)])
        #expect(mask.mask(Array("a swo".utf8)) == Array("a swo".utf8))
        #expect(mask.mask(Array("rd".utf8)).isEmpty && mask.isHolding)
        #expect(mask.mask(Array("s".utf8)) == Array("rds".utf8) && !mask.isHolding)
        #expect(mask.mask(Array(" sword".utf8)) == Array(" ".utf8))
        #expect(mask.release() == Array("sword".utf8) && !mask.isHolding)
        #expect(mask.mask(Array("fish.".utf8)) == Array("xxxx.".utf8))
    }

    @Test("a value of several lines is masked line by line, as terminals print it; a short one is not")
    func lines() {
        let value = "-----BEGIN KEY-----\nc2VjcmV0IGtleQ\nend\n"
        #expect(masked(["c2VjcmV0IGtleQ\r\nend\r\n"], values: [value]) == "xxxxxxxxxxxxxx\r\nend\r\n")
        #expect(masked(["1234567"], values: ["1234567", ""]) == "1234567")
        #expect(masked(["12345678"], values: ["12345678"]) == "xxxxxxxx")
    }

    @Test("masked at once is as masked in pieces that do not come slowly, whatever the pieces")
    func anyPieces() {
        var numbers = SteadyNumbers(seed: 42)
        let values = ["aaaaaaaab", "abababab", "bbbbaaaa"].map { Array($0.utf8) }
        for _ in 0..<300 {
            let text = (0..<60).map { _ in "ab".utf8.randomElement(using: &numbers) ?? 0 }
            var whole = SecretMask(values: values)
            let expected = whole.mask(text) + whole.release()
            var mask = SecretMask(values: values)
            var output: [UInt8] = []
            var rest = text[...]
            while !rest.isEmpty {
                let piece = rest.prefix(Int.random(in: 1...20, using: &numbers))
                output += mask.mask(Array(piece))
                rest = rest.dropFirst(piece.count)
            }
            output += mask.release()
            // What was let through is the first three bytes of a secret, at most.
            #expect(output.count == expected.count)
            let open = zip(output, expected).map { $0 != $1 }
            for place in open.indices.dropLast(3) { #expect(open[place...place + 3].contains(false)) }
        }
    }

    @Test("without one, nothing changes")
    func none() {
        var mask = SecretMask()
        #expect(mask.mask(Array("xyz".utf8)) == Array("xyz".utf8))
        #expect(mask.masked("xyz") == "xyz")
    }
}
