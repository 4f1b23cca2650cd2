"""Small servers and clients of TCP, for both ends of a forward.

serve MODE COUNT      listens on COUNT ports of 127.0.0.1, prints them, serves until it is ended; MODE is
                      gather (reads to the end, then sends all of it back), echo, name (says which it is), flood
                      or full (takes no connection, and refuses none)
talk PLACE...         prints what each place, a port or a local socket's path, answers to its input and the end of that
socks PORT HOST PORT  the same through a SOCKS5 proxy
silent PORT           connects, reads nothing, and stays
"""
import socket
import sys
import threading


def serve(mode, count):
    listeners = [socket.create_server(("127.0.0.1", 0), backlog=128) for _ in range(count)]
    if mode == "full":
        listeners = [socket.create_server(("127.0.0.1", 0), backlog=0)]
        waiting = [socket.socket() for _ in range(8)]
        for connection in waiting:
            connection.setblocking(False)
            connection.connect_ex(listeners[0].getsockname())
    for number, listener in enumerate(listeners if mode != "full" else []):
        threading.Thread(target=accept, args=(listener, mode, number), daemon=True).start()
    print(*[listener.getsockname()[1] for listener in listeners], flush=True)
    threading.Event().wait()


def accept(listener, mode, number):
    while True:
        connection, _ = listener.accept()
        threading.Thread(target=answer, args=(connection, mode, number), daemon=True).start()


def answer(connection, mode, number):
    with connection:
        try:
            if mode == "name":
                connection.sendall(f"server {number}\n".encode())
            elif mode == "flood":
                while True:
                    connection.sendall(bytes(65536))
            elif mode == "echo":
                while piece := connection.recv(65536):
                    connection.sendall(piece)
            else:
                connection.sendall(read_all(connection))
        except OSError:
            pass


def read_all(connection):
    pieces = []
    while piece := connection.recv(65536):
        pieces.append(piece)
    return b"".join(pieces)


def reach(place):
    if place.isdigit():
        return socket.create_connection(("localhost", int(place)), timeout=20)
    connection = socket.socket(socket.AF_UNIX)
    connection.settimeout(20)
    connection.connect(place)
    return connection


def ask(connection, data):
    sender = threading.Thread(target=send, args=(connection, data), daemon=True)
    sender.start()
    sys.stdout.buffer.write(read_all(connection))
    sys.stdout.buffer.flush()


def send(connection, data):
    try:
        connection.sendall(data)
        connection.shutdown(socket.SHUT_WR)
    except OSError:
        pass


def socks(proxy, host, port):
    connection = reach(proxy)
    connection.sendall(b"\x05\x01\x00")
    assert connection.recv(2) == b"\x05\x00"
    name = host.encode()
    connection.sendall(b"\x05\x01\x00\x03" + bytes([len(name)]) + name + int(port).to_bytes(2, "big"))
    reply = connection.recv(10)
    if reply[1] != 0:
        sys.exit(f"socks error {reply[1]}")
    return connection


def main():
    what, *rest = sys.argv[1:]
    if what == "serve":
        serve(rest[0], int(rest[1]))
    elif what == "talk":
        data = sys.stdin.buffer.read()
        for place in rest:
            ask(reach(place), data)
    elif what == "socks":
        ask(socks(*rest), sys.stdin.buffer.read())
    elif what == "silent":
        with reach(rest[0]) as connection:
            connection.recv(1)
            print("connected", flush=True)
            threading.Event().wait()


main()
