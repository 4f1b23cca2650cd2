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
    private let places = Mutex(Places())

    /// Why there is no place for a socket.
    enum Shortage: Error, Hashable {
        case ofServer
        case ofKey(limit: Int)

        var sentence: String {
            switch self {
            case .ofServer: "the server has as many forwards open as it can; try again later"
            case .ofKey(let limit): "your key has \(limit) forwards open, and may not have more; close some first"
            }
        }
    }

    private struct Places {
        var all = 0
        var byKey: [Fingerprint: Int] = [:]
        /// Half of the descriptors that clients may take: attachments must not be short of them because of forwards.
        let limit = OpenFileLimit.room / 2

        mutating func take(for key: Fingerprint) -> Result<Void, Shortage> {
            guard all < limit, OpenFileLimit.hasRoom(for: 1) else { return .failure(.ofServer) }
            guard byKey[key, default: 0] < max(1, limit / 2) else { return .failure(.ofKey(limit: max(1, limit / 2))) }
            all += 1
            byKey[key, default: 0] += 1
            return .success(())
        }

        mutating func giveBack(_ key: Fingerprint) {
            all -= 1
            byKey[key, default: 1] -= 1
            if byKey[key] == 0 { byKey[key] = nil }
        }
    }

    /// For one socket that somebody's key has open, until it is dropped.
    func takePlace(for key: Fingerprint) -> Result<Place, Shortage> {
        places.withLock { $0.take(for: key) }.map { Place(key: key, board: self) }
    }

    final class Place {
        private let key: Fingerprint
        private let board: ForwardBoard

        fileprivate init(key: Fingerprint, board: ForwardBoard) {
            self.key = key
            self.board = board
        }

        deinit { board.places.withLock { $0.giveBack(key) } }
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
