private import Glibc
package import SystemPackage

/// What a non-blocking call that did not fail has to say.
package enum IOOutcome<Value: Sendable>: Sendable {
    case completed(Value)
    case wouldBlock
    case endOfStream
}

extension IOOutcome: Equatable where Value: Equatable {}

/// Runs a system call until it is not interrupted.
///
/// Outcomes are returned, failures are thrown, and errors that only a bug can cause trap.
package func syscall(_ name: StaticString, _ body: () -> Int) throws(Errno) -> IOOutcome<Int> {
    while true {
        let result = body()
        if result >= 0 { return .completed(result) }
        switch Errno(rawValue: errno) {
        case .interrupted:
            continue
        case .wouldBlock, .resourceTemporarilyUnavailable:
            return .wouldBlock
        case .badFileDescriptor, .badAddress:
            preconditionFailure("\(name): a descriptor or buffer was used after its owner gave it up")
        case let failure:
            throw failure
        }
    }
}

/// The result of a call that does not block, or what the kernel says against it.
@discardableResult
package func checked(_ result: CInt) throws(Errno) -> CInt {
    guard result >= 0 else { throw Errno(rawValue: errno) }
    return result
}

extension FileDescriptor {
    /// Reads what is there. Of a PTY whose programs have all closed it, the kernel's EIO is the end of the stream.
    package func readAvailable(into buffer: UnsafeMutableRawBufferPointer) throws(Errno) -> IOOutcome<Int> {
        do throws(Errno) {
            let outcome = try syscall("read") { Glibc.read(rawValue, buffer.baseAddress, buffer.count) }
            if case .completed(0) = outcome, !buffer.isEmpty { return .endOfStream }
            return outcome
        } catch {
            guard error == .ioError else { throw error }
            return .endOfStream
        }
    }

    /// Reads what is there, at most 64 KiB, behind what the array has.
    package func readAvailable(appendingTo bytes: inout [UInt8]) throws(Errno) -> IOOutcome<Int> {
        try withUnsafeTemporaryAllocation(byteCount: 64 * 1_024, alignment: 16) { room in
            Result { () throws(Errno) in
                let outcome = try readAvailable(into: room)
                if case .completed(let count) = outcome { bytes += room[..<count] }
                return outcome
            }
        }.get()
    }

    /// Writes as much as is taken now; never assumed whole.
    package func writeAvailable(_ bytes: UnsafeRawBufferPointer) throws(Errno) -> IOOutcome<Int> {
        try syscall("write") { Glibc.write(rawValue, bytes.baseAddress, bytes.count) }
    }

    /// Makes reads and writes return at once.
    package func setNonBlocking() throws(Errno) {
        let flags = try checked(fcntl(rawValue, F_GETFL))
        try checked(fcntl(rawValue, F_SETFL, flags | O_NONBLOCK))
    }
}
