import Glibc
import ScreenModel
import SessionModel
import Terminal

/// How fast a text on standard input goes through the terminal state and through the filter.
///
/// Prints one line of `name seconds` for each way; `make bench` puts them beside tmux's.
@main
struct TerminalSpeed {
    /// About what one read from a PTY gives.
    private static let piece = 4_096
    /// What a session keeps by default.
    private static let scrollbackLimit = 10_000

    static func main() {
        let text = standardInput()
        guard let size = TerminalSize(columns: 200, rows: 50) else { return }
        let bare = Screen(size: size, scrollbackLimit: 0)
        let keeping = Screen(size: size, scrollbackLimit: scrollbackLimit)
        var filter = StreamFilter()
        var (filtered, copied): ([UInt8], [UInt8]) = ([], [])
        report("bare", text) { bare.feed($0) }
        report("state", text) { keeping.feed($0) }
        report("filter", text) { bytes in
            filtered.removeAll(keepingCapacity: true)
            filter.filter(bytes, into: &filtered)
        }
        report("copy", text) { bytes in
            copied.removeAll(keepingCapacity: true)
            copied.append(contentsOf: bytes)
        }
    }

    /// Prints the processor's time that `use` takes for all pieces of the text.
    private static func report(_ name: String, _ text: [UInt8], use: (UnsafeRawBufferPointer) -> Void) {
        let begin = processorSeconds()
        text.withUnsafeBytes { bytes in
            for start in stride(from: 0, to: bytes.count, by: piece) {
                use(UnsafeRawBufferPointer(rebasing: bytes[start..<min(start + piece, bytes.count)]))
            }
        }
        print(name, processorSeconds() - begin)
    }

    private static func processorSeconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    private static func standardInput() -> [UInt8] {
        var text: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 20)
        while true {
            let count = read(STDIN_FILENO, &buffer, buffer.count)
            guard count > 0 else { return text }
            text += buffer[..<count]
        }
    }
}
