import Foundation
import JSONText
import SessionModel
import TestKit
import Testing

@testable import Control

@Suite("The table of methods")
struct MethodTableTests {
    @Test("names each method and each verb once, and says what it does")
    func names() {
        let names = MethodTable.all.map(\.name)
        #expect(Set(names).count == names.count)
        #expect(names.allSatisfy { $0.wholeMatch(of: #/[a-z]+(\.[a-z]+)?/#) != nil })
        let verbs = VerbTable.all.map(\.verb.name)
        #expect(Set(verbs).count == verbs.count)
        #expect(MethodTable.all.allSatisfy { !$0.summary.isEmpty && !$0.result.isEmpty })
    }

    @Test("has verbs whose words are parameters of their methods")
    func words() {
        for (verb, method) in VerbTable.all {
            let parameters = method.parameters.map(\.name)
            for word in verb.words { #expect(parameters.contains(word.parameter), "\(verb.name): \(word.parameter)") }
            let required = method.parameters.filter(\.isRequired).map(\.name)
            #expect(Set(required).isSubset(of: verb.words.map(\.parameter)), "\(verb.name)")
        }
    }

    @Test("has every code of its errors on the page that lists them, and no two with one meaning")
    func errors() throws {
        let repository = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let page = try String(
            contentsOf: repository.appendingPathComponent("Sources/Control/Errors.md"), encoding: .utf8)
        for code in ControlFailure.Code.allCases {
            #expect(page.contains("| `\(code.rawValue)` | \(code.number) | \(code.summary) |"), "\(code.rawValue)")
        }
        #expect(page.components(separatedBy: "\n| `").count - 1 == ControlFailure.Code.allCases.count)
    }

    @Test("gives results that its schemas allow")
    func results() async throws {
        let desk = try FakeDesk(roles: ["one": .lead], defaultSession: "one")
        for method in MethodTable.all
        where [
            "whoami", "server.info", "server.stats", "session.list", "session.get",
            "session.rules", "attachment.list", "help", "rpc.discover",
        ].contains(method.name) {
            let result = try await method.perform(JSONObject(), at: desk)
            #expect(Schema.object(method.result).complaint(about: result) == nil, "\(method.name)")
        }
    }

    @Test("tells a stranger of a session no more than of one that is not there")
    func strangers() async throws {
        let desk = try FakeDesk(roles: ["one": .observer])
        for method in MethodTable.all {
            guard case .session = method.scope else { continue }
            for name in ["two", "three", "NO!", ""] {
                var arguments = JSONObject([("session", .string(name))])
                for parameter in method.ownParameters where parameter.isRequired {
                    arguments[parameter.name] =
                        switch parameter.name {
                        case "signal": "INT"
                        case "keys": ["a"]
                        case "attachment", "proposal": 1
                        default: "x"
                        }
                }
                let failure = await #expect(throws: ControlFailure.self) {
                    try await method.perform(arguments, at: desk, subscriptions: NoSubscriptions())
                }
                #expect(failure?.code == .noSuchSession, "\(method.name): \(String(describing: failure))")
            }
        }
    }
}

private final class NoSubscriptions: Subscriptions {
    func start(_ body: @escaping (any Subscriber) async throws(ControlFailure) -> Void) -> Int64 { 1 }
    func end(_ number: Int64) -> Bool { false }
}
