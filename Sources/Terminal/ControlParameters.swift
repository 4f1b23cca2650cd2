/// The parameters of a control sequence, in place: no memory is asked for while one is read.
struct ControlParameters {
    struct Parameter: Equatable {
        /// Nothing where the program left it out.
        var value: Int32?
        /// Whether a colon, not a semicolon, stands before it.
        var isSub: Bool
    }

    static let limit = 32

    private var values = InlineArray<32, UInt16>(repeating: 0)
    // One bit for each parameter.
    private var present: UInt32 = 0
    private var subs: UInt32 = 0
    private(set) var count = 0

    var isEmpty: Bool { count == 0 }
    var indices: Range<Int> { 0..<count }

    subscript(index: Int) -> Parameter {
        precondition(index < count, "a parameter that the sequence does not have")
        let bit = UInt32(1) << UInt32(index)
        return Parameter(value: present & bit == 0 ? nil : Int32(values[index]), isSub: subs & bit != 0)
    }

    /// More than the limit are dropped.
    mutating func append(_ parameter: Parameter) {
        guard count < Self.limit else { return }
        let bit = UInt32(1) << UInt32(count)
        values[count] = UInt16(clamping: parameter.value ?? 0)
        if parameter.value != nil { present |= bit }
        if parameter.isSub { subs |= bit }
        count += 1
    }

    mutating func removeAll() { (count, present, subs) = (0, 0, 0) }

    mutating func removeAll(where isUnwanted: (Parameter) -> Bool) {
        let all = self
        removeAll()
        for index in all.indices where !isUnwanted(all[index]) { append(all[index]) }
    }
}
