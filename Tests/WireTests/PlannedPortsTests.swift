import Testing
import Wire

@Suite("The ports that a session is to have")
struct PlannedPortsTests {
    private static let ports = PlannedPorts(
        forwarded: [8_080, 65_535],
        labels: [.init(ports: 80...80, text: "web site"), .init(ports: 3_000...3_010, text: "")])
    /// Files that are there: change none.
    private static let text = "forward 8080\nforward 65535\nlabel 80 80 web site\nlabel 3000 3010 \n"

    @Test("are read as they were written")
    func thereAndBack() {
        #expect(Self.ports.text == Self.text)
        #expect(PlannedPorts(text: Self.text) == Self.ports)
        #expect(Self.ports.label(of: 80) == "web site" && Self.ports.label(of: 81) == nil)
        let lines = PlannedPorts(labels: [.init(ports: 1...1, text: "one\nforward 2")])
        #expect(PlannedPorts(text: lines.text).forwarded.isEmpty)
    }

    @Test("leave out what is no line of theirs")
    func others() {
        let text = "forward 0x1\nforward\nforward 99999\nlabel 2 1 x\nlabel 1 x y\nmore 1\n\nforward 5 \nforward 7\n"
        #expect(PlannedPorts(text: text) == PlannedPorts(forwarded: [7]))
    }
}
