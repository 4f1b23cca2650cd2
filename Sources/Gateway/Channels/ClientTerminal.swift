import ScreenModel

/// What a client's terminal understands, by the name it gave (`TERM`).
struct ClientTerminal: Hashable {
    /// Whether it shows what programs print for an xterm, which is what they are told they have.
    let isXterm: Bool
    let colors: ColorDepth

    init(name: String) {
        let family = name.prefix { $0 != "-" && $0 != "." }
        isXterm = Self.xtermLike.contains(String(family))
        if isXterm {
            colors = .full
        } else {
            colors = Self.colorful.contains(String(family)) ? .basic : .none
        }
    }

    private static let xtermLike: Set<String> = [
        "xterm", "screen", "tmux", "rxvt", "alacritty", "kitty", "foot", "wezterm", "ghostty", "vte", "vte256", "gnome",
        "konsole", "iterm", "iterm2", "contour", "st", "stterm", "putty", "mintty", "mlterm", "nsterm", "ms", "rio",
        "xterm256", "eterm",
    ]

    private static let colorful: Set<String> = [
        "linux", "ansi", "cygwin", "cons25", "pcansi", "vt340", "hurd", "fbterm",
    ]
}
