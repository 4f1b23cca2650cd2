import Foundation
import Platform
import SystemPackage
import TestKit
import Testing

private let canMount: Bool = {
    guard let place = try? TemporaryDirectory(), let source = try? place.path("source/."),
        (try? BoundPath.bind(source, at: "\(place.path)/place")) != nil
    else { return false }
    BoundPath.release("\(place.path)/place")
    return true
}()

@Suite("A path that is bound to a place of our own", .enabled(if: canMount, "needs the right to mount"))
struct BoundPathTests {
    private let folder: TemporaryDirectory

    init() throws { folder = try TemporaryDirectory() }

    private var place: String { "\(folder.path)/place" }

    @Test("stays what it was there, whatever is put where it came from, and is no more once it is given up")
    func stays() throws {
        try folder.write("one", to: "source/file")
        try BoundPath.bind("\(folder.path)/source", at: place)
        defer { BoundPath.release(place) }
        try FileManager.default.moveItem(atPath: "\(folder.path)/source", toPath: "\(folder.path)/away")
        try folder.write("other", to: "source/file")
        #expect(folder.read("place/file") == "one")
        // The place may be held anew, as a file, too.
        try BoundPath.bind("\(folder.path)/source/file", at: place)
        #expect(folder.read("place") == "other")
        BoundPath.release(place)
        #expect(folder.read("place") == "")
        #expect(folder.read("source/file") == "other" && folder.read("away/file") == "one")
        _ = try folder.path("places/one")
        try BoundPath.bind("\(folder.path)/source", at: "\(folder.path)/places/one")
        BoundPath.remove("\(folder.path)/places/one")
        #expect(!FileStatus.exists("\(folder.path)/places") && folder.read("source/file") == "other")
    }

    @Test("is none where a part of it is a link", arguments: ["link", "link/file", "source/../link/file"])
    func links(_ name: String) throws {
        try folder.write("one", to: "source/file")
        try FileManager.default.createSymbolicLink(
            atPath: "\(folder.path)/link", withDestinationPath: "\(folder.path)/source")
        #expect(throws: Errno.tooManySymbolicLinkLevels) { try BoundPath.bind("\(folder.path)/\(name)", at: place) }
        #expect(SmallFile.readWithoutLinks("\(folder.path)/\(name)") == nil)
        #expect(!FileStatus.exists(place))
        #expect(SmallFile.readWithoutLinks("\(folder.path)/source/file") == Array("one".utf8))
    }
}
