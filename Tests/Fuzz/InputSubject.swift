import SessionModel

/// What must hold for a client's typing, whatever it is. The first byte chooses where the chunks end.
enum InputSubject {
    static func check(_ bytes: [UInt8]) {
        guard let cut = bytes.first else { return }
        let input = Array(bytes.dropFirst())
        var classifier = InputClassifier()
        var delivered = DeliveredInput()
        let turn = TurnNumber(rawValue: 1)
        var output: [UInt8] = []
        var rest = input[...]
        while !rest.isEmpty {
            for piece in classifier.classify(Array(rest.prefix(1 + Int(cut)))) {
                require(!piece.bytes.isEmpty, "a piece is of something")
                output += piece.bytes
                delivered.note(piece.bytes[...], in: turn)
            }
            rest = rest.dropFirst(1 + Int(cut))
            require(input.count - rest.count - output.count <= InputClassifier.stringLimit, "little is held")
        }
        output += classifier.flush().flatMap(\.bytes)
        require(output == input, "what comes in comes out")
        require(!classifier.isWaiting, "nothing waits when the time is up")
        require(delivered.completion(in: input, of: turn) <= min(input.count, 64), "little completes what was begun")
        delivered.note(delivered.pasteClosing[...], in: turn)
        require(!delivered.isInPaste, "a paste can be closed anywhere")
    }
}
