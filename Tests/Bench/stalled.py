"""What one viewer that reads nothing costs the others: delays, memory, and how soon it is right again."""
import os
import re
import select
import signal
import sys
import time

import measures

RATE = 20_000_000
# Prints blocks at a steady rate, each with the time at its end, until the file is there.
FLOOD = """\
import os, sys, time
line = b"the quick brown fox jumps over the lazy dog, again and again, as it always did\\n"
block = line * (%d // 200 // len(line))
due = time.monotonic()
while not os.path.exists(sys.argv[1]):
    sys.stdout.buffer.write(block + b"@%%d@\\n" %% time.monotonic_ns())
    sys.stdout.buffer.flush()
    due += 0.005
    time.sleep(max(0, due - time.monotonic()))
print("finished-%%d" %% (40 + 2))
""" % RATE
STAMP = re.compile(rb"@(\d+)@")


def resident(pid):
    """KiB of memory that the process has now."""
    with open(f"/proc/{pid}/status", encoding="ascii") as file:
        return next(int(line.split()[1]) for line in file if line.startswith("VmRSS"))


def watch(viewer, seconds, pids):
    """Milliseconds from printing to arrival, the bytes that arrived, and the most memory that each process had."""
    delays, seen, most = [], 0, [0] * len(pids)
    end = time.monotonic() + seconds
    rest = b""
    next_look = 0
    while time.monotonic() < end:
        if not select.select([viewer], [], [], 1)[0]:
            continue
        data = rest + os.read(viewer.fileno(), 65536)
        now = time.monotonic_ns()
        seen += len(data) - len(rest)
        delays += [(now - int(stamp)) / 1e6 for stamp in STAMP.findall(data)]
        rest = data[data.rfind(b"\n") + 1:][-100:]
        if time.monotonic() > next_look:
            next_look = time.monotonic() + 0.5
            most = [max(old, resident(pid)) for old, pid in zip(most, pids)]
    return delays, seen, most


def p(delays, fraction):
    return sorted(delays)[min(len(delays) - 1, int(len(delays) * fraction))] if delays else float("nan")


def run(peer, seconds):
    """Prints the figures of one stalled viewer, beside the same without one."""
    stop = os.path.join(peer.directory, "stop")
    program = peer.file("flood.py", FLOOD)
    with measures.open_shell(peer) as viewer, peer.attach() as stalled:
        measures.settle(stalled)
        stalled_start = len(stalled.transcript)
        viewer.send(f"{sys.executable} {program} {stop}\r".encode())
        pids = [peer.process.pid, *peer.hosts()]
        others = []
        for name, action in (("reading", None), ("stopped", signal.SIGSTOP)):
            if action:
                os.kill(stalled.pid, action)
                delays, seen, most = watch(viewer, seconds, pids)
            else:
                delays, seen, most = watch_both(viewer, stalled, 10, pids)
            others.append((name, delays, seen / (seconds if action else 10) / 1e6, most))
        with open(stop, "wb"):
            pass
        viewer.wait("finished-42", 60)
        begin = time.monotonic()
        os.kill(stalled.pid, signal.SIGCONT)
        stalled.wait("finished-42", 60, stalled_start)
        right = time.monotonic() - begin
    for name, delays, rate, most in others:
        print(f"a viewer beside one that is {name}: {rate:.1f} MB/s, printing to arrival p50 {p(delays, 0.5):.1f}, "
              f"p99 {p(delays, 0.99):.1f} ms; cmdopd {most[0] / 1024:.1f} MiB, cmdop-host {most[1] / 1024:.1f} MiB")
    print(f"the one that was stopped for {seconds} s was right {right * 1_000:.0f} ms after it went on")


def watch_both(viewer, stalled, seconds, pids):
    """As watch, while the other viewer reads too."""
    child = os.fork()
    if child == 0:
        while True:
            try:
                os.read(stalled.fileno(), 65536)
            except OSError:
                os._exit(0)
    try:
        return watch(viewer, seconds, pids)
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
