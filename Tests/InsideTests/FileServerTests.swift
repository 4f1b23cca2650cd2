import Foundation
import TestKit
import Testing

/// `cmdop-inside files`, spoken to as a client does.
private final class Served {
    let command: RunningCommand
    private var offset = 0
    private var lastID: UInt32 = 0

    init(in directory: String) throws {
        command = try RunningCommand([BuiltProgram.inside.path(), "files"], directory: directory)
    }

    func send(_ kind: UInt8, _ body: [UInt8]) {
        let packet = [kind] + body
        command.write(number(UInt32(packet.count)) + packet)
    }

    /// Sends a request and answers its reply: the kind, and what stands behind the id.
    func ask(_ kind: UInt8, _ body: [UInt8]) async throws -> (kind: UInt8, body: [UInt8]) {
        lastID += 1
        send(kind, number(lastID) + body)
        let reply = try await next()
        #expect(Array(reply.body.prefix(4)) == number(lastID))
        return (reply.kind, Array(reply.body.dropFirst(4)))
    }

    func next() async throws -> (kind: UInt8, body: [UInt8]) {
        let start = offset
        try await eventually("a whole packet", seen: { "\(self.command.outputTranscript.count - start) bytes" }) {
            let bytes = self.command.outputTranscript.bytes
            guard bytes.count >= start + 4 else { return false }
            return bytes.count >= start + 4 + Self.length(bytes, at: start)
        }
        let bytes = command.outputTranscript.bytes
        let length = Self.length(bytes, at: start)
        offset += 4 + length
        return (bytes[start + 4], Array(bytes[(start + 5)..<(start + 4 + length)]))
    }

    static func length(_ bytes: [UInt8], at place: Int) -> Int {
        bytes[place..<(place + 4)].reduce(0) { $0 << 8 | Int($1) }
    }
}

private func number(_ value: UInt32) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: value >> (24 - 8 * $0)) } }
private func offset(_ value: UInt64) -> [UInt8] { (0..<8).map { UInt8(truncatingIfNeeded: value >> (56 - 8 * $0)) } }
private func text(_ text: String) -> [UInt8] { number(UInt32(text.utf8.count)) + Array(text.utf8) }

@Suite("Files served by SFTP")
struct FileServerTests {
    private let directory: TemporaryDirectory
    private let served: Served

    init() throws {
        directory = try TemporaryDirectory()
        served = try Served(in: directory.path)
    }

    /// The code of a status reply.
    private func status(_ reply: (kind: UInt8, body: [UInt8])) -> UInt8? { reply.kind == 101 ? reply.body[3] : nil }

    @Test("speak version 3, and say what they have beyond it")
    func welcome() async throws {
        served.send(1, number(6))
        let reply = try await served.next()
        #expect(reply.kind == 2 && Array(reply.body.prefix(4)) == number(3))
        let said = String(decoding: reply.body, as: UTF8.self)
        for name in ["posix-rename", "statvfs", "hardlink", "fsync", "limits"] {
            #expect(said.contains("\(name)@openssh.com"))
        }
    }

    @Test("are written and read in any order, and refused with what the kernel says")
    func files() async throws {
        let opened = try await served.ask(3, text("new") + number(0x1A) + number(0))
        #expect(opened.kind == 102)
        #expect(status(try await served.ask(6, opened.body + offset(UInt64(3)) + text("def"))) == 0)
        #expect(status(try await served.ask(6, opened.body + offset(UInt64(0)) + text("abc"))) == 0)
        #expect(status(try await served.ask(4, opened.body)) == 0)
        #expect(status(try await served.ask(4, opened.body)) == 4)
        #expect(directory.read("new") == "abcdef")
        let again = try await served.ask(3, text("new") + number(1) + number(0))
        #expect(try await served.ask(5, again.body + offset(UInt64(2)) + number(100)).body == text("cdef"))
        #expect(status(try await served.ask(5, again.body + offset(UInt64(6)) + number(100))) == 1)
        // Written through a handle that only reads.
        #expect(status(try await served.ask(6, again.body + offset(UInt64(0)) + text("x"))) == 4)
        #expect(status(try await served.ask(3, text("none") + number(1) + number(0))) == 2)
        #expect(status(try await served.ask(3, text("new") + number(0x2A) + number(0))) == 4)
        #expect(status(try await served.ask(18, text("new") + text("new2"))) == 0)
        try directory.write("", to: "other")
        #expect(status(try await served.ask(18, text("new2") + text("other"))) == 4)
        #expect(status(try await served.ask(200, text("posix-rename@openssh.com") + text("new2") + text("other"))) == 0)
        #expect(directory.read("other") == "abcdef")
    }

    @Test("have names of any bytes, in directories of any size")
    func names() async throws {
        let odd = Array("a b\n".utf8) + [0xFF, 0x2A]
        let opened = try await served.ask(3, number(UInt32(odd.count)) + odd + number(0x1A) + number(0))
        #expect(opened.kind == 102)
        for index in 0..<300 { try directory.write("", to: "many/\(index)") }
        let listing = try await served.ask(11, text("many"))
        var count = 0
        while case let reply = try await served.ask(12, listing.body), reply.kind == 104 {
            count += Served.length(reply.body, at: 0)
        }
        #expect(count == 302)
        let here = try await served.ask(16, text("."))
        #expect(String(decoding: here.body, as: UTF8.self).contains(directory.url.lastPathComponent))
        #expect(status(try await served.ask(17, text("a\u{0}b"))) == 5)
    }

    @Test("are at most a thousand open at once")
    func handles() async throws {
        try directory.write("", to: "one")
        for _ in 0..<1_000 { #expect(try await served.ask(3, text("one") + number(1) + number(0)).kind == 102) }
        #expect(status(try await served.ask(3, text("one") + number(1) + number(0))) == 4)
    }

    @Test(
        "of bytes that are no SFTP are ended with a sentence, or refused",
        arguments: [
            (Array("GET / HTTP/1.1\r\n\r\n".utf8), true), ([0xFF, 0xFF, 0xFF, 0xFF], true), ([0, 0, 0, 0], true),
            ([0, 0, 0, 5, 99, 0, 0, 0, 1], false), ([0, 0, 0, 2, 3, 0], false),
            ([0, 0, 0, 9, 17, 0, 0, 0, 1, 0xFF, 0xFF, 0xFF, 0xFF], false),
        ] as [([UInt8], Bool)])
    func hostile(_ bytes: [UInt8], isEnd: Bool) async throws {
        served.command.write(bytes)
        if isEnd {
            let run = try await served.command.waitForEnd()
            #expect(run.status == .exited(1) && run.errorText.hasPrefix("cmdop-inside: "))
        } else {
            #expect(try await served.next().kind == 101)
            served.command.finishInput()
            #expect(try await served.command.waitForEnd().status == .exited(0))
        }
    }
}
