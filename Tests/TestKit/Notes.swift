private import Synchronization

/// What handlers and closures noted, from any thread, in the order it came.
package final class Notes<Element: Sendable>: Sendable {
    private let list = Mutex<[Element]>([])

    package init() {}

    package var all: [Element] { list.withLock { $0 } }

    package func add(_ element: Element) { list.withLock { $0.append(element) } }
}
