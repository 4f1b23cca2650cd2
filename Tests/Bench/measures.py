"""What is measured of a peer: each measure takes the peer and gives one block of samples."""
import contextlib
import os
import random
import select
import time

from peers import pss, wait_until

KEYS = b"QZXJKVWY"
DRAINED_LINE = "the quick brown fox jumps over the lazy dog, and %07d times it does so again\n"
DRAINED_BYTES = 30_000_000


def settle(terminal, quiet=0.15, limit=5.0):
    """Reads until nothing has come for a while."""
    deadline = time.monotonic() + limit
    while time.monotonic() < deadline and select.select([terminal], [], [], quiet)[0]:
        terminal.read_now()


def command(terminal, line, answer, limit=60.0):
    """Types a line and waits for what it prints; the answer must not stand in the line itself."""
    start = len(terminal.transcript)
    terminal.send(line.encode() + b"\r")
    return terminal.wait(answer, limit, start)


def open_shell(peer):
    """An attached client whose shell answers."""
    terminal = peer.attach()
    settle(terminal)
    command(terminal, "echo ready-$((40+2))", "ready-42")
    settle(terminal)
    return terminal


def fill_screen(terminal):
    """Leaves a full screen whose first and last lines are known."""
    command(terminal, "clear; for n in $(seq 10 56); do echo line-$n-$((n*n)) of the screen; done", "line-56-3136")
    settle(terminal)


def echo(peer, samples=100):
    """Milliseconds from a key press to its echo, one key at a time, in a program that only reads."""
    with open_shell(peer) as terminal:
        return echo_in(terminal, samples)


def echo_in(terminal, samples):
    """The same on a terminal that is attached already, and whose shell is at its prompt."""
    result = []
    terminal.send(b"cat\r")
    settle(terminal)
    for number in range(samples):
        key = KEYS[number % len(KEYS):][:1]
        time.sleep(random.uniform(0.002, 0.008))
        begin = time.perf_counter()
        terminal.send(key)
        while True:
            if not select.select([terminal], [], [], 5)[0]:
                raise TimeoutError(f"no echo of key {number}")
            if key in terminal.read_now():
                break
        result.append((time.perf_counter() - begin) * 1_000)
    terminal.send(b"\r\x04")
    settle(terminal)
    return result


def connect(peer, samples=3):
    """Milliseconds from starting ssh to the whole screen; for plain sshd, to a prompt that is ready."""
    result = []
    last = "line-56-3136" if peer.name != "sshd" else "$ " if os.getuid() else "# "
    first = "line-10-100" if peer.name != "sshd" else last
    for _ in range(samples):
        begin = time.perf_counter()
        with peer.attach() as terminal:
            terminal.wait(first, 20)
            terminal.wait(last, 20)
            result.append((time.perf_counter() - begin) * 1_000)
            settle(terminal)
    return result


def drain(peer, path):
    """Seconds until one attached client has got 30 MB of text and what comes after it."""
    with open_shell(peer) as terminal:
        begin = time.perf_counter()
        terminal.send(f"cat {path}; echo drained-$((40+2))\r".encode())
        tail = b""
        while b"drained-42" not in tail:
            if not select.select([terminal], [], [], 30)[0]:
                raise TimeoutError("the output stopped")
            tail = tail[-64:] + terminal.read_now()
            terminal.transcript.clear()
        seconds = time.perf_counter() - begin
        settle(terminal)
        return [seconds]


def memory(peer, attachments=10):
    """KiB of the server's processes for each further idle attachment."""
    with contextlib.ExitStack() as open_terminals:
        open_terminals.enter_context(open_shell(peer))
        before = steady_pss(peer)
        for _ in range(attachments):
            terminal = open_terminals.enter_context(peer.attach())
            settle(terminal)
        return [(steady_pss(peer) - before) / attachments]


def steady_pss(peer):
    """The memory once two looks agree."""
    looks = [pss(peer.roots())]

    def agrees():
        looks.append(pss(peer.roots()))
        return abs(looks[-1] - looks[-2]) <= 16

    wait_until(agrees, "the memory is steady")
    return looks[-1]


def write_text(path):
    """A file of text to drain."""
    with open(path, "w", encoding="ascii") as file:
        count = DRAINED_BYTES // len(DRAINED_LINE % 0)
        file.writelines(DRAINED_LINE % number for number in range(count))
