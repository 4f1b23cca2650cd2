import ScreenModel
import SessionModel

// Layout: `Formats/host-protocol.md`, "From a host".

extension ByteWriter {
    mutating func put(_ presence: Presence) {
        put(presence.change.rawValue)
        put(presence.name)
        put(presence.kind.rawValue)
        put(UInt32(clamping: presence.attached))
    }

    mutating func put(_ absence: Absence) {
        put(absence.duration) { $0.put($1) }
        put(absence.turns) { writer, turns in
            writer.put(turns.name)
            writer.put(turns.count)
        }
        put(UInt32(clamping: absence.attached))
    }

    mutating func put(_ properties: TerminalProperties) {
        put(properties.title)
        put(properties.mouse.rawValue)
        put(properties.mouseEncoding.rawValue)
        put(properties.focusReporting)
    }
}

extension ByteReader {
    mutating func presence() throws(WireError) -> Presence {
        guard let change = Presence.Change(rawValue: try number()) else { throw .invalid("presence") }
        return Presence(
            change, name: try text(), kind: try operatorKind(), attached: Int(try number(UInt32.self)))
    }

    mutating func absence() throws(WireError) -> Absence {
        Absence(
            duration: try optional { (reader) throws(WireError) in try reader.duration() },
            turns: try list { (reader) throws(WireError) in
                Absence.Turns(name: try reader.text(), count: try reader.number())
            }, attached: Int(try number(UInt32.self)))
    }

    mutating func terminalProperties() throws(WireError) -> TerminalProperties {
        let title = try text()
        guard let mouse = TerminalModes.Mouse(rawValue: try number()),
            let encoding = TerminalModes.MouseEncoding(rawValue: try number())
        else { throw .invalid("terminal mode") }
        return TerminalProperties(
            title: title, mouse: mouse, mouseEncoding: encoding, focusReporting: try flag())
    }
}
