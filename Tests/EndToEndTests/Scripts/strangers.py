#!/usr/bin/env python3
"""Clients that never log in: many connections from many addresses of this machine.

Prints `holding N` when all are connected; then, with --reconnect, connects again whenever one is dropped, half of them
sending the beginning of a key exchange. Ends at the end of its input, and prints `dropped N`, and the reason that the
server gave.
"""
import argparse
import ipaddress
import resource
import selectors
import socket
import struct
import sys


REASON = b"too many connections that have not logged in"


def name_list(text):
    return struct.pack(">I", len(text)) + text.encode()


def key_exchange_begin():
    """An identification and a KEXINIT (RFC 4253, 7.1) such as the server would take."""
    lists = [
        "curve25519-sha256", "ssh-ed25519", "aes256-gcm@openssh.com", "aes256-gcm@openssh.com",
        "hmac-sha2-256-etm@openssh.com", "hmac-sha2-256-etm@openssh.com", "none", "none", "", "",
    ]
    payload = bytes([20]) + bytes(16) + b"".join(map(name_list, lists)) + b"\0" + struct.pack(">I", 0)
    padding = 8 - (len(payload) + 5) % 8
    padding += 8 if padding < 4 else 0
    return b"SSH-2.0-stranger\r\n" + struct.pack(">IB", len(payload) + padding + 1, padding) + payload + bytes(padding)


class Crowd:
    def __init__(self, arguments):
        self.addresses = arguments.addresses
        self.server = (arguments.host, arguments.port)
        self.family = socket.AF_INET6 if ":" in arguments.host else socket.AF_INET
        self.reconnects = arguments.reconnect
        self.selector = selectors.DefaultSelector()
        self.hello = key_exchange_begin()
        self.dropped = 0
        self.lines = set()

    def connect(self, number):
        client = socket.socket(self.family, socket.SOCK_STREAM)
        client.setblocking(False)
        # The port is chosen when it connects: of one address there may be many.
        if self.family == socket.AF_INET:
            client.setsockopt(socket.IPPROTO_IP, 24, 1)  # IP_BIND_ADDRESS_NO_PORT
        client.bind((self.addresses[number % len(self.addresses)], 0))
        client.connect_ex(self.server)
        self.selector.register(client, selectors.EVENT_WRITE, number)

    def handle(self, key, events):
        client, number = key.fileobj, key.data
        if events & selectors.EVENT_WRITE:
            if client.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR):
                return self.lose(client, number)
            if self.reconnects and number % 2 == 0:
                client.send(self.hello)
            self.selector.modify(client, selectors.EVENT_READ, number)
            return True
        try:
            heard = client.recv(4096)
        except OSError:
            heard = b""
        # Before the identification as a line, behind it in a packet that ends the connection (RFC 4253, 11.1).
        if REASON in heard:
            self.lines.add(REASON.decode())
        return True if heard else self.lose(client, number)

    def lose(self, client, number):
        self.selector.unregister(client)
        client.close()
        self.dropped += 1
        if self.reconnects:
            self.connect(number)
        return False


def main(arguments):
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(hard, arguments.count + 100)), hard))
    crowd = Crowd(arguments)
    for number in range(arguments.count):
        crowd.connect(number)
    connected = set()
    crowd.selector.register(sys.stdin, selectors.EVENT_READ)
    announced = False
    while True:
        for key, events in crowd.selector.select():
            if key.fileobj is sys.stdin:
                print("dropped", crowd.dropped, *sorted(crowd.lines), sep="\n", flush=True)
                return
            if crowd.handle(key, events):
                connected.add(key.data)
        if not announced and len(connected) == arguments.count:
            announced = True
            print("holding", arguments.count, flush=True)


def networks(text):
    """`127.0.1.1/30` is each of its addresses; several are parted by commas."""
    return [str(address) for part in text.split(",") for address in ipaddress.ip_network(part, strict=False)]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--addresses", type=networks, default=["127.0.0.1"])
    parser.add_argument("--count", type=int, required=True)
    parser.add_argument("--reconnect", action="store_true")
    main(parser.parse_args())
