import Control

/// The subsystems that offer the methods to programs; the raw value is the subsystem's name.
enum ControlFace: String {
    case control = "cmdop-control"
    case mcp = "cmdop-mcp"

    /// How its attachments show over what they came.
    var transport: String {
        switch self {
        case .control: "control"
        case .mcp: "mcp"
        }
    }

    func dispatcher(at desk: any ControlDesk) -> any Dispatcher {
        switch self {
        case .control: MethodDispatcher(desk: desk)
        case .mcp: MCPDispatcher(desk: desk)
        }
    }
}
