private import Foundation
package import Platform
package import SystemPackage

/// Two connected stream sockets: one, non-blocking, goes to what is tested; the other is the test's, to close.
package func connectedPair<Taker>(
    _ take: (consuming OwnedDescriptor) throws -> Taker
) throws -> (peer: FileDescriptor, taker: Taker) {
    var ends: [Int32] = [0, 0]
    guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0, &ends) == 0 else {
        throw TestKitError.system(call: "socketpair", errno: errno)
    }
    let given = OwnedDescriptor(taking: FileDescriptor(rawValue: ends[1]))
    try given.borrowed.setNonBlocking()
    return (FileDescriptor(rawValue: ends[0]), try take(given))
}
