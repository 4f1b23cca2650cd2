"""Requests of a script: how many a second on one channel, and how long one takes by itself."""
import json
import subprocess
import time

PIPELINED = 20_000
SINGLE = 2_000
IN_FLIGHT = 200


def p(samples, fraction):
    return sorted(samples)[min(len(samples) - 1, int(len(samples) * fraction))]


def request(number, method="session.get"):
    return json.dumps({"jsonrpc": "2.0", "id": number, "method": method}).encode() + b"\n"


HANDOVERS = 300


class Script:
    """One channel of the control subsystem."""

    def __init__(self, line):
        self.ssh = subprocess.Popen(line, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.number = 0

    def send(self, method, **parameters):
        self.number += 1
        message = {"jsonrpc": "2.0", "id": self.number, "method": method, "params": parameters}
        self.ssh.stdin.write(json.dumps(message).encode() + b"\n")
        self.ssh.stdin.flush()

    def answer(self):
        return json.loads(self.ssh.stdout.readline())["result"]

    def call(self, method, **parameters):
        self.send(method, **parameters)
        return self.answer()

    def close(self):
        self.ssh.stdin.close()
        self.ssh.wait()


def handovers(line):
    """Milliseconds from asking for a free turn, and from the holder's letting go of one that is waited for, to the
    first byte that the next holder has in the terminal."""
    one, two = Script(line), Script(line)
    free, waited = [], []
    one.call("session.create")
    for _ in range(HANDOVERS):
        begin = time.monotonic()
        one.call("turn.acquire", lease=60, within=10)
        one.call("input.send", text="x")
        free.append((time.monotonic() - begin) * 1e3)
        two.send("turn.acquire", lease=60, within=10)
        while not one.call("turn.get")["waiting"]:
            pass
        begin = time.monotonic()
        one.send("turn.release")
        two.answer()
        two.call("input.send", text="y")
        waited.append((time.monotonic() - begin) * 1e3)
        one.answer()
        two.call("turn.release")
    one.call("input.keys", keys=["C-u"])
    for script in (one, two):
        script.close()
    return free, waited


def run(peer):
    """Prints the figures; the goal is the one of the specification."""
    line = peer.ssh("bench@127.0.0.1")
    where = line.index("bench@127.0.0.1")
    line = [word for word in line[:where] if word not in ("-t", "-tt")] + ["-s", line[where], "cmdop-control"]
    free, waited = handovers(line)
    print(f"turns: from asking for a free one to the first byte p50 {p(free, 0.5):.2f} ms, p99 {p(free, 0.99):.2f} ms; "
          f"from the holder's letting go to the next one's first byte p50 {p(waited, 0.5):.2f} ms, "
          f"p99 {p(waited, 0.99):.2f} ms")
    with subprocess.Popen(line, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as ssh:
        def ask(number, method="session.get"):
            ssh.stdin.write(request(number, method))
            ssh.stdin.flush()
            return json.loads(ssh.stdout.readline())

        if "result" not in ask(0, "session.create"):
            raise RuntimeError("the session did not start")
        times = []
        for number in range(1, SINGLE):
            begin = time.monotonic()
            ask(number)
            times.append((time.monotonic() - begin) * 1e3)
        rates = {method: pipelined(ssh, method) for method in ("session.get", "whoami")}
        ssh.stdin.close()
    print(f"control: one session.get p50 {p(times, 0.5):.2f} ms, p99 {p(times, 0.99):.2f} ms; pipelined, "
          + ", ".join(f"{rate:,.0f} {method} a second" for method, rate in rates.items()) + " (goal 20,000)")


def pipelined(ssh, method):
    """Requests a second, with a number of them on their way all the time."""
    begin = time.monotonic()
    sent = answered = 0
    while answered < PIPELINED:
        batch = b"".join(request(sent + index, method) for index in range(min(IN_FLIGHT // 2, PIPELINED - sent)))
        sent += batch.count(b"\n")
        ssh.stdin.write(batch)
        ssh.stdin.flush()
        while sent - answered > IN_FLIGHT // 2 or (sent == PIPELINED and answered < PIPELINED):
            ssh.stdout.readline()
            answered += 1
    return PIPELINED / (time.monotonic() - begin)
