#!/usr/bin/env python3
"""One client, one server, every step a person takes: attach, type, resize, run a command, detach.

Prints `ok CLIENT STEP` for each step, and ends with 0 when all were.
"""
import argparse
import sys
import tempfile
import time

import clients
import python_clients

CLIENTS = {
    "openssh": clients.OpenSSH,
    "dbclient": clients.Dropbear,
    "plink": clients.PuTTY,
    "asyncssh": python_clients.AsyncSSH,
    "paramiko": python_clients.Paramiko,
}


def ask_until(terminal, question, answer, limit=20.0):
    """Asks again until the answer comes: a new size may be on its way while the question overtakes it."""
    deadline = time.monotonic() + limit
    while True:
        start = len(terminal.transcript)
        terminal.send(question.encode() + b"\r")
        try:
            return terminal.wait(answer, 1.0, start)
        except TimeoutError:
            if time.monotonic() > deadline:
                raise


def steps(client):
    """Takes the steps; yields the name of each when it was taken."""
    with client.attach(100, 30) as terminal:
        terminal.send(b"echo attached-$((40 + 2))\r")
        terminal.wait("attached-42")
        yield "attach"
        terminal.send("echo 'gr\u00fc\u00df-'\"dich-$((6 * 7))\"\r".encode())
        terminal.wait("gr\u00fc\u00df-dich-42")
        yield "type"
        ask_until(terminal, "stty size", "30 100\r\n")
        terminal.resize(91, 27)
        ask_until(terminal, "stty size", "27 91\r\n")
        yield "resize"
        status, output = client.run("printf beside; exit 7")
        if (status, output) != (7, b"beside"):
            raise AssertionError(f"a command ended with {status} and printed {output!r}, not 7 and b'beside'")
        yield "exec"
        terminal.send(b"\x1d")
        terminal.send(b"d")
        status = terminal.wait_for_exit()
        if status != 0:
            raise AssertionError(f"detaching ended with {status}, not 0; seen: {bytes(terminal.transcript[-800:])!r}")
        yield "detach"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("client", choices=CLIENTS)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--user", required=True, help="the session's name")
    parser.add_argument("--key", required=True, help="an OpenSSH private key file")
    server = parser.parse_args()
    step = "start"
    try:
        with tempfile.TemporaryDirectory() as directory:
            client = CLIENTS[server.client](server, directory)
            try:
                for step in steps(client):
                    print(f"ok {server.client} {step}", flush=True)
            finally:
                client.close()
    except Exception as error:
        print(f"not ok {server.client} after {step}: {type(error).__name__}: {error}", flush=True)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
