#!/usr/bin/env python3
"""How long a member of the team takes to log in, and what who works already notices, while strangers hold connections.

Silent connections from one address, from a few, from many, and from one /64 of IPv6; and connections that come again at
once when they are dropped, half of them with the beginning of a key exchange. The /64 needs root: it is a network
namespace of its own.
"""
import argparse
import contextlib
import os
import resource
import signal
import subprocess
import sys
import tempfile
import time

import measures
import peers

HERE = os.path.dirname(os.path.abspath(__file__))
SCRIPT = os.path.join(HERE, "..", "EndToEndTests", "Scripts", "strangers.py")
# Title, how many, from where, whether they come again; then the member's own address and another.
ROWS = [
    ("silent, 1 address", 2000, "127.0.1.1/32", False, "127.0.1.1", "127.0.9.1"),
    ("silent, 5 addresses", 2000, "127.0.1.0/30,127.0.1.4/32", False, "127.0.1.1", "127.0.9.1"),
    ("silent, 50 addresses", 2000, "127.0.1.0/27,127.0.2.0/28,127.0.3.0/31", False, "127.0.1.1", "127.0.9.1"),
    ("reconnecting, 1 address", 200, "127.0.1.1/32", True, "127.0.1.1", "127.0.9.1"),
]
ROWS6 = [("silent, one /64", 2000, "2001:db8:0:1::/117", False, "2001:db8:0:1::7", "2001:db8:0:2::7")]
# Seconds: from the same address, from another; a reconnecting crowd may delay the first login from its own address.
GOALS = {False: (2, 2), True: (10, 2)}
VERSION6 = "2001:db8:0:1::1"


class Server(peers.Cmdop):
    """cmdopd on an address of each family."""

    host = "127.0.0.1"

    def configuration(self):
        port = peers.free_port()
        second = f', "[{self.host}]:{port}"' if ":" in self.host else ""
        return super().configuration().replace('["127.0.0.1:0"]', f'["127.0.0.1:{port}"{second}]')

    def log_in(self, address):
        """Seconds until a command has run; what went wrong where it did not."""
        begin = time.perf_counter()
        line = self.ssh("-T", "-b", address, f"bench@{self.host}", "true")
        line.remove("-tt")
        try:
            done = subprocess.run(line, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=30)
        except subprocess.TimeoutExpired:
            return 30.0, "no login in 30 s"
        return time.perf_counter() - begin, done.stderr.strip() if done.returncode else ""


@contextlib.contextmanager
def crowd(server, count, addresses, reconnects):
    line = [sys.executable, SCRIPT, "--host", server.host, "--port", str(server.port), "--addresses", addresses]
    line += ["--count", str(count), *(["--reconnect"] if reconnects else [])]
    process = subprocess.Popen(line, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        said = process.stdout.readline()
        if not said.startswith("holding"):
            raise RuntimeError(f"the strangers did not connect: {said}")
        yield
    finally:
        process.stdin.close()
        process.stdout.read()
        process.wait(30)


def p(samples, fraction):
    return sorted(samples)[min(len(samples) - 1, int(len(samples) * fraction))]


def processor_seconds(pid):
    with open(f"/proc/{pid}/stat", encoding="ascii") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def measure(server, row, samples):
    """Prints one row of the table; gives what is wrong with it."""
    title, count, addresses, reconnects, same, other = row
    with measures.open_shell(server) as worker:
        quiet = measures.echo_in(worker, samples)
        with crowd(server, count, addresses, reconnects):
            began, cpu = time.perf_counter(), processor_seconds(server.process.pid)
            first, complaint = server.log_in(same)
            others = [server.log_in(other) for _ in range(3)]
            again = [server.log_in(same) for _ in range(3)]
            loud = measures.echo_in(worker, samples)
            load = (processor_seconds(server.process.pid) - cpu) / (time.perf_counter() - began)
    print(f"{title:24} {first:8.2f} s {max(s for s, _ in again):8.2f} s {max(s for s, _ in others):8.2f} s "
          f"{p(quiet, 0.5):7.2f} {p(quiet, 0.99):7.2f} {p(loud, 0.5):9.2f} {p(loud, 0.99):7.2f} ms {load:6.0%}",
          flush=True)
    wrong = [text for text in [complaint, *(text for _, text in others + again)] if text]
    near, far = GOALS[reconnects]
    if first > near or max(s for s, _ in again) > 2 or max(s for s, _ in others) > far:
        wrong.append("a login took too long")
    return [f"{title}: {text}" for text in wrong]


def run(programs, samples, rows, host):
    problems = []
    Server.host, Server.programs = host, programs
    for row in rows:
        with tempfile.TemporaryDirectory(prefix="cmdop-strangers-") as directory:
            server = Server(directory)
            try:
                server.start()
                problems += measure(server, row, samples)
            finally:
                server.stop()
    return problems


def run_in_namespace(arguments):
    """The row of IPv6, by this script in a network namespace that has the addresses."""
    name = f"cmdop-strangers-{os.getpid()}"
    subprocess.run(["ip", "netns", "add", name], check=True)
    try:
        inside = ["ip", "netns", "exec", name]
        for command in [
            ["ip", "link", "set", "lo", "up"], ["sysctl", "-qw", "net.ipv6.ip_nonlocal_bind=1"],
            ["ip", "-6", "addr", "add", f"{VERSION6}/64", "dev", "lo"],
            ["ip", "-6", "route", "add", "local", "2001:db8:0:1::/64", "dev", "lo"],
            ["ip", "-6", "route", "add", "local", "2001:db8:0:2::/64", "dev", "lo"],
        ]:
            subprocess.run(inside + command, check=True)
        return subprocess.run([*inside, sys.executable, *sys.argv, "--version6"]).returncode
    finally:
        subprocess.run(["ip", "netns", "delete", name], check=True)


def main(arguments):
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(hard, 65536)), hard))
    signal.signal(signal.SIGPIPE, signal.SIG_IGN)
    if arguments.version6:
        return report(run(arguments.programs, arguments.samples, ROWS6, VERSION6))
    print(f"{'':24} {'first login, other':>21} {'':>10}  {'echo, quiet':>13} {'echo, with them':>18}")
    print(f"{'strangers':24} {'same':>10} {'again':>10} {'address':>10} {'p50':>7} {'p99':>7} {'p50':>9} {'p99':>7} "
          f"{'CPU':>9}", flush=True)
    status = report(run(arguments.programs, arguments.samples, ROWS, "127.0.0.1"))
    if os.getuid() == 0:
        return status | run_in_namespace(arguments)
    print("the /64 of IPv6 was not measured: only root may make a network namespace")
    return status


def report(problems):
    for problem in problems:
        print(f"not as it should be: {problem}")
    return 1 if problems else 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--programs", required=True, help="where cmdopd and cmdop-host are")
    parser.add_argument("--samples", type=int, default=200, help="keys typed for each figure of echo")
    parser.add_argument("--version6", action="store_true", help=argparse.SUPPRESS)
    sys.exit(main(parser.parse_args()))
