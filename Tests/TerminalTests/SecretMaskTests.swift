import Terminal
import TestKit
import Testing

@Suite("A secret that a program prints")
struct SecretMaskTests {
    private static let secret = Array("00ff5ec2e7".utf8)

    private func masked(_ pieces: [String]) -> String {
        var mask = SecretMask(Self.secret)
        var output: [UInt8] = []
        for piece in pieces {
            var bytes = Array(piece.utf8)
            bytes.withUnsafeMutableBytes { mask.mask($0) }
            output += bytes
        }
        return String(decoding: output, as: UTF8.self)
    }

    @Test("is masked, but not in a mark")
    func whole() {
        #expect(masked(["k=00ff5ec2e7;00ff5ec2e7\n"]) == "k=xxxxxxxxxx;xxxxxxxxxx\n")
        #expect(masked(["\u{1B}]133;A;00ff5ec2e7;/tmp\u{7}"]) == "\u{1B}]133;A;00ff5ec2e7;/tmp\u{7}")
        #expect(masked(["000ff5ec2e7 00ff5ec2e6"]) == "0xxxxxxxxxx 00ff5ec2e6")
    }

    @Test("is masked from where a piece ends in it, and a mark passes wherever it is cut")
    func pieces() {
        let mark = "\u{1B}]133;D;00ff5ec2e7;0\u{7}"
        let text = "k=00ff5ec2e7\n"
        for cut in 0...mark.utf8.count {
            let pieces = [String(mark.prefix(cut)), String(mark.dropFirst(cut))]
            #expect(masked(pieces) == mark, "\(cut)")
        }
        #expect(masked(mark.map(String.init)) == mark)
        for cut in 0...text.utf8.count {
            let seen = masked([String(text.prefix(cut)), String(text.dropFirst(cut))])
            #expect(!seen.contains("00ff5ec2e7") && seen.hasSuffix("x\n"), "\(cut): \(seen)")
        }
        #expect(masked(text.map(String.init)) == "k=0xxxxxxxxx\n")
    }

    @Test("without one, nothing changes")
    func none() {
        var mask = SecretMask([])
        var bytes = Array("xyz".utf8)
        bytes.withUnsafeMutableBytes { mask.mask($0) }
        #expect(bytes == Array("xyz".utf8))
    }
}
