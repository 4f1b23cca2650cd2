import Inside
import Testing

struct InsideProgramTests {
    @Test("started by hand it says who starts it, and fails")
    func byHand() {
        #expect(InsideProgram.run(["cmdop-inside"]) == 64)
    }
}
