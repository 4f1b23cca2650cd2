import Wire

extension Samples {
    static let localMessages: [Sample<LocalMessage>] = [
        Sample("input", .input([0x6C, 0x73, 0x0D])),
        Sample("resize", .resize(columns: 200, rows: 50)),
        Sample("output", .output(Array("\u{1B}[1mhello\r\n".utf8))),
        Sample("output-errors", .errors(Array("cmdop: no\n".utf8))),
        Sample("ended", .ended(status: 254)),
    ]
}
