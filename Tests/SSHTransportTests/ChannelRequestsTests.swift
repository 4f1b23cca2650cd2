import Testing

@testable import SSHTransport

@Suite("What a client asks of a channel")
struct ChannelRequestsTests {
    @Test("one start is taken, and nothing is asked for after it")
    func oneStart() {
        var requests = ChannelRequests(limits: SSHLimits())
        #expect(requests.mayStart(.shell))
        requests.begin(.shell)
        #expect(!requests.mayStart(.shell))
        #expect(!requests.mayStart(.exec([1])))
        expect(requests.askForTerminal(term: "xterm", columns: 80, rows: 24), is: false)
        expect(requests.askForVariable(name: "LANG", value: "C"), is: false)
    }

    @Test("a terminal's measures are never negative, and a name that is none leaves a terminal without one")
    func terminal() {
        var requests = ChannelRequests(limits: SSHLimits())
        expect(requests.askForTerminal(term: "x\u{1b}]0;", columns: -1, rows: .max), is: true)
        #expect(requests.terminal == SSHTerminalRequest(term: "unknown", columns: 0, rows: 65_535))
        expect(requests.askForTerminal(term: "xterm", columns: 80, rows: 24), is: false)
    }

    @Test("variables are LANG and LC_* with plain values, and so many")
    func variables() {
        var requests = ChannelRequests(limits: SSHLimits())
        for name in ["PATH", "LC_", "LC_a", "LC_A=B", "lang", "LANGUAGE", "LD_PRELOAD", ""] {
            expect(requests.askForVariable(name: name, value: "C"), is: false)
        }
        for value in ["a b", "a\nb", "é", String(repeating: "x", count: 257)] {
            expect(requests.askForVariable(name: "LANG", value: value), is: false)
        }
        expect(requests.askForVariable(name: "LANG", value: "C"), is: true)
        expect(requests.askForVariable(name: "LANG", value: "de_DE.UTF-8"), is: true)
        #expect(requests.environment.map(\.value) == ["de_DE.UTF-8"])
        var limits = SSHLimits()
        limits.environmentVariables = 1
        var few = ChannelRequests(limits: limits)
        expect(few.askForVariable(name: "LANG", value: "C"), is: true)
        expect(few.askForVariable(name: "LC_ALL", value: "C"), is: false)
    }

    @Test("a command or a name that is too long starts nothing")
    func lengths() {
        let limits = SSHLimits()
        let requests = ChannelRequests(limits: limits)
        #expect(requests.mayStart(.exec([UInt8](repeating: 65, count: limits.requestLength))))
        #expect(!requests.mayStart(.exec([UInt8](repeating: 65, count: limits.requestLength + 1))))
        #expect(!requests.mayStart(.subsystem("")))
        #expect(!requests.mayStart(.subsystem(String(repeating: "x", count: limits.nameLength + 1))))
    }

    @Test("signal names are those of the standard's form")
    func signals() {
        #expect(ChannelRequests.isSignalName("TERM"))
        #expect(ChannelRequests.isSignalName("USR1"))
        for name in ["", "term", "SIG TERM", "TERM\n", String(repeating: "A", count: 17)] {
            #expect(!ChannelRequests.isSignalName(name))
        }
    }
}
