import CSSH
import Platform

/// What a connection has to do with forwards.
struct ConnectionForwards {
    /// Wishes to connect that are not answered.
    var openRequests = 0
    /// Wishes to listen that are not answered; the delegate knows the first.
    var listenRequests: [SSHListenRequest] = []
    /// As many, with those that are yet to be told of.
    var pendingListens = 0
    /// Channels that the client was offered and has not answered about.
    var offered: [OfferedChannel] = []
}

/// A channel that this side opens: `ssh -R`.
final class OfferedChannel {
    let raw: ssh_channel
    let channel: SSHChannel
    let offer: SSHForwardedOffer
    private let completion: (SSHChannel?) -> Void

    init(
        raw: ssh_channel, channel: SSHChannel, offer: SSHForwardedOffer, _ completion: @escaping (SSHChannel?) -> Void
    ) {
        self.raw = raw
        self.channel = channel
        self.offer = offer
        self.completion = completion
    }

    func complete(_ isTaken: Bool) { completion(isTaken ? channel : nil) }
}

/// What the client is told of a connection that came in for it (RFC 4254, 7.2).
package struct SSHForwardedOffer: Hashable, Sendable {
    /// As the client asked to listen.
    package var address: String
    package var port: UInt16
    package var originator: String
    package var originatorPort: UInt16

    package init(address: String, port: UInt16, originator: String, originatorPort: UInt16) {
        self.address = address
        self.port = port
        self.originator = originator
        self.originatorPort = originatorPort
    }
}

extension SSHConnection {
    /// Whether the client takes another channel for what came in.
    package var takesOffers: Bool {
        isOpen && ending == nil && forwards.offered.count < limits.pendingForwards
            && table.forwardCount < limits.forwardChannels
    }

    /// Offers the client a channel for a connection that came in; `nil` where it does not take it.
    ///
    /// Set the channel's delegate in the completion, which never comes from inside this call.
    package func offer(_ offer: SSHForwardedOffer, _ completion: @escaping (SSHChannel?) -> Void) {
        guard takesOffers, library.isAlive, let (raw, channel) = table.makeForward(isOpening: true) else {
            return loop.afterThisRound { completion(nil) }
        }
        forwards.offered.append(OfferedChannel(raw: raw, channel: channel, offer: offer, completion))
        call { _ = library.open(raw, offer) }
        askToSettle()
    }

    /// Looks which offers were answered. libssh tells it to nobody but who asks.
    func settleOffers() {
        for offered in forwards.offered {
            var outcome = SSH_AGAIN
            if ending == nil, library.isAlive { outcome = library.open(offered.raw, offered.offer) }
            guard outcome != SSH_AGAIN else { continue }
            forwards.offered.removeAll { $0 === offered }
            if outcome == SSH_OK { offered.channel.isOpening = false }
            if outcome == SSH_OK, offered.channel.isUsable() {
                offered.complete(true)
                attend(to: offered.channel)
            } else {
                if outcome != SSH_OK { release(offered.raw) {} }
                offered.complete(false)
            }
        }
    }

    /// The connection is over.
    func forgetForwards() {
        let offered = forwards.offered
        forwards = ConnectionForwards()
        for offer in offered { offer.complete(false) }
    }

    // MARK: Requests

    func ask(_ request: SSHOpenRequest) {
        guard let delegate, ending == nil else { return request.refuse(.prohibited, "the connection ends") }
        delegate.connection(self, asksToConnect: request)
    }

    func ask(_ request: SSHListenRequest) {
        forwards.listenRequests.append(request)
        if forwards.listenRequests.count == 1 { askFirstListenRequest() }
    }

    private func askFirstListenRequest() {
        guard let request = forwards.listenRequests.first else { return }
        guard let delegate, ending == nil, request.isSensible else { return request.refuse() }
        delegate.connection(self, asksToListen: request)
    }

    func listenRequestIsAnswered() {
        guard !forwards.listenRequests.isEmpty else { return }
        forwards.listenRequests.removeFirst()
        forwards.pendingListens -= 1
        loop.afterThisRound { [self] in
            if isOpen { askFirstListenRequest() }
        }
    }

    // MARK: Answers

    func accept(_ message: KeptMessage) -> SSHChannel? {
        forwards.openRequests -= 1
        guard ending == nil, library.isAlive else { return nil }
        guard let raw = ssh_message_channel_request_open_reply_accept(message.raw) else { return nil }
        let channel = table.adopt(raw, isOpening: false)
        afterCall()
        return channel.isUsable() ? channel : nil
    }

    func refuse(_ message: KeptMessage, _ reason: SSHOpenRequest.Refusal, _ sentence: String) {
        forwards.openRequests -= 1
        call { library.refuse(message, reason, sentence) }
    }

    func succeed(_ message: KeptMessage, port: UInt16) {
        call { _ = ssh_message_global_request_reply_success(message.raw, port) }
    }

    func refuse(_ message: KeptMessage) { call { _ = ssh_message_reply_default(message.raw) } }
}
