import Control
import Platform
import SessionModel
private import Synchronization

/// What operators have open to and from sessions, for whoever lists ports. Shared by all loops.
final class ForwardBoard: Sendable {
    private struct Entries {
        var last: UInt64 = 0
        var bySession: [SessionName: [UInt64: SessionForward]] = [:]
    }

    private let entries = Mutex(Entries())
    private let places = Mutex(0)
    /// Half of the server's descriptors: attachments must not be short of them because of forwards.
    private let placeLimit = OpenFileLimit.current / 2

    /// For one socket, until it is dropped; `nil` where the server has as many as it can.
    func takePlace() -> Place? {
        let isFree = places.withLock { count in
            guard count < placeLimit else { return false }
            count += 1
            return true
        }
        return isFree ? Place(board: self) : nil
    }

    final class Place {
        private let board: ForwardBoard

        fileprivate init(board: ForwardBoard) { self.board = board }

        deinit { board.places.withLock { $0 -= 1 } }
    }

    func forwards(of session: SessionName) -> [SessionForward] {
        entries.withLock { entries in
            (entries.bySession[session] ?? [:]).sorted { $0.key < $1.key }.map(\.value)
        }
    }

    /// Lists a forward until what is returned is dropped.
    func list(_ forward: SessionForward, of session: SessionName) -> Entry {
        let number = entries.withLock { entries in
            entries.last += 1
            entries.bySession[session, default: [:]][entries.last] = forward
            return entries.last
        }
        return Entry(board: self, session: session, number: number)
    }

    fileprivate func forget(_ session: SessionName, _ number: UInt64) {
        entries.withLock { entries in
            entries.bySession[session]?[number] = nil
            if entries.bySession[session]?.isEmpty == true { entries.bySession[session] = nil }
        }
    }

    final class Entry {
        private let board: ForwardBoard
        private let session: SessionName
        private let number: UInt64

        fileprivate init(board: ForwardBoard, session: SessionName, number: UInt64) {
            self.board = board
            self.session = session
            self.number = number
        }

        deinit { board.forget(session, number) }
    }
}
