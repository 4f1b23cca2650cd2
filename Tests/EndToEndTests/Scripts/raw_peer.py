#!/usr/bin/env python3
"""Peers that speak no protocol, or the wrong one. Each prints one line for each thing that it saw."""
import argparse
import os
import socket
import stat
import struct

LIMIT = 60.0
BANNER = b"SSH-2.0-raw_peer\r\n"


def noise(count):
    """The same noise each time, with no line in it."""
    state, made = 1, bytearray()
    while len(made) < count:
        state = (state * 1103515245 + 12345) % (1 << 31)
        made.append((state >> 16) % 245 + 11)
    return bytes(made)


def wait_for_end(peer):
    """Reads until the other side ends it; the bytes that came."""
    came = 0
    try:
        while more := peer.recv(65536):
            came += len(more)
    except (ConnectionResetError, BrokenPipeError):
        pass
    return came


def send_all(peer, data):
    try:
        peer.sendall(data)
    except (ConnectionResetError, BrokenPipeError):
        pass


def garbage(arguments):
    """Garbage on the SSH port, in several shapes."""
    for name, data in [("noise", noise(65536)), ("noise after a banner", BANNER + noise(65536)),
                       ("another protocol", b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"),
                       ("a packet too long", BANNER + b"\xff\xff\xff\xff" + noise(4096))]:
        with socket.create_connection(("127.0.0.1", arguments.port), timeout=LIMIT) as peer:
            send_all(peer, data)
            wait_for_end(peer)
        print(f"{name}: closed", flush=True)


def reset(arguments):
    """Connections that are reset in the middle of a handshake."""
    for _ in range(arguments.count):
        with socket.create_connection(("127.0.0.1", arguments.port), timeout=LIMIT) as peer:
            peer.sendall(BANNER)
            peer.recv(4096)
            peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    print("reset", flush=True)


def frame(kind, body):
    return struct.pack(">IB", len(body), kind) + body


def connect_to_host(path):
    peer = socket.socket(socket.AF_UNIX)
    peer.settimeout(LIMIT)
    peer.connect(path)
    return peer


def local(arguments):
    """Garbage on a session host's socket."""
    os.chdir(arguments.directory)
    hello = arguments.hello
    for name, data in [("noise", noise(65536)), ("a frame too long", struct.pack(">IB", 0xFFFFFFFF, 1)),
                       ("no version", frame(1, struct.pack(">H", 0))),
                       ("no hello", frame(2, b"")), ("noise after hello", hello + noise(65536)),
                       ("an unknown kind", hello + frame(250, b"x")), ("half a frame", None)]:
        with connect_to_host("socket") as peer:
            send_all(peer, data if data is not None else hello[:-1])
            if data is None:
                peer.shutdown(socket.SHUT_WR)
            wait_for_end(peer)
        print(f"{name}: closed", flush=True)


def foreign(arguments):
    """The host's socket, as this user and then as another who can reach it."""
    os.chdir(arguments.directory)
    hello = arguments.hello
    with connect_to_host("socket") as peer:
        peer.sendall(hello)
        print(f"own: {'welcome' if peer.recv(4096) else 'closed'}", flush=True)
    modes = [(path, stat.S_IMODE(os.stat(path).st_mode)) for path in (".", "socket")]
    child = 0
    try:
        os.chmod(".", 0o711)
        os.chmod("socket", 0o666)
        child = os.fork()
        if child == 0:
            os.setgroups([])
            os.setgid(65534)
            os.setuid(65534)
            with connect_to_host("socket") as peer:
                send_all(peer, hello)
                print(f"foreign: {'welcome' if wait_for_end(peer) else 'closed'}", flush=True)
            os._exit(0)
        os.waitpid(child, 0)
    finally:
        if child != 0:
            for path, mode in modes:
                os.chmod(path, mode)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=["garbage", "reset", "local", "foreign"])
    parser.add_argument("--port", type=int)
    parser.add_argument("--count", type=int, default=20)
    parser.add_argument("--hello", type=bytes.fromhex, help="a front-end's first message")
    parser.add_argument("--directory", help="a session's directory")
    arguments = parser.parse_args()
    globals()[arguments.what](arguments)


if __name__ == "__main__":
    main()
