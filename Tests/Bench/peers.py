"""The three servers that are compared, each with the same calls; everything they start is ended by its pid."""
import getpass
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "Interop"))
from pseudo_terminal import PseudoTerminal  # noqa: E402

COLUMNS, ROWS = 200, 50
SHELL = "exec bash --norc --noprofile"


class Peer:
    """A server on the loopback, and the stock ssh pointed at it."""

    name = ""

    def __init__(self, directory):
        self.directory = os.path.join(directory, self.name.replace("+", "-"))
        os.makedirs(self.directory, mode=0o700)
        self.key = os.path.join(directory, "id")
        if not os.path.exists(self.key):
            make_key(self.key)
        self.process = None
        self.port = 0

    def file(self, name, text, mode=0o600):
        path = os.path.join(self.directory, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(path, mode)
        return path

    def ssh(self, *arguments):
        return ["ssh", "-F", "none", "-tt", "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null",
                "-o", "IdentitiesOnly=yes", "-o", "IdentityAgent=none", "-o", "LogLevel=ERROR",
                "-i", self.key, "-p", str(self.port), *arguments]

    def attach(self):
        return PseudoTerminal(self.line(), COLUMNS, ROWS)

    def roots(self):
        """The pids whose trees are the server's side."""
        return [self.process.pid]

    def stop(self):
        # All are found before the first is ended: what has lost its parent can not be found by it.
        roots = self.roots() if self.process else []
        for pid in {one for root in roots for one in [root, *tree(root)]}:
            end(pid)
        if self.process:
            self.process.wait(10)


class Sshd(Peer):
    """OpenSSH's sshd and a shell of one's own for each connection."""

    name = "sshd"

    def start(self):
        host_key = os.path.join(self.directory, "host_key")
        make_key(host_key)
        with open(self.key + ".pub", encoding="utf-8") as public:
            self.file("authorized_keys", public.read())
        if os.getuid() == 0:
            os.makedirs("/run/sshd", mode=0o755, exist_ok=True)
        self.port = free_port()
        config = self.file("sshd_config", f"""\
ListenAddress 127.0.0.1:{self.port}
HostKey {host_key}
AuthorizedKeysFile {self.directory}/authorized_keys
StrictModes no
UsePAM no
PidFile none
PermitRootLogin yes
MaxStartups 100
""")
        program = shutil.which("sshd", path="/usr/sbin:" + os.environ.get("PATH", ""))
        self.process = subprocess.Popen([program, "-D", "-f", config, "-E", os.path.join(self.directory, "log")],
                                        stdin=subprocess.DEVNULL)
        wait_until(lambda: accepts(self.port), "sshd listens")

    def line(self):
        return self.ssh(f"{getpass.getuser()}@127.0.0.1", SHELL)


class SshdTmux(Sshd):
    """OpenSSH's sshd and `tmux attach`: the way people share a terminal today."""

    name = "sshd+tmux"

    def start(self):
        super().start()
        self.socket = os.path.join(self.directory, "tmux")
        self.tmux("-f", "/dev/null", "new-session", "-d", "-s", "bench", "-x", str(COLUMNS), "-y", str(ROWS), SHELL)
        self.server = int(self.tmux("display-message", "-p", "-t", "bench", "#{pid}"))

    def tmux(self, *arguments):
        environment = {key: value for key, value in os.environ.items() if not key.startswith("TMUX")}
        return subprocess.run(["tmux", "-S", self.socket, *arguments], env=environment, check=True,
                              capture_output=True, text=True, timeout=10).stdout.strip()

    def roots(self):
        return [*super().roots(), *([self.server] if hasattr(self, "server") else [])]

    def line(self):
        return self.ssh(f"{getpass.getuser()}@127.0.0.1", f"tmux -S {self.socket} attach -t bench")


class Cmdop(Peer):
    """cmdopd and one session."""

    name = "cmdop"
    programs = ""

    def start(self):
        with open(self.key + ".pub", encoding="utf-8") as public:
            self.file("keys/team/bench.pub", public.read(), 0o644)
        config = self.file("config/cmdop.yaml", self.configuration())
        log = os.path.join(self.directory, "log")
        with open(log, "wb") as errors:
            self.process = subprocess.Popen([os.path.join(self.programs, "cmdopd"), "--config", config],
                                            stdin=subprocess.DEVNULL, stderr=errors, start_new_session=True)
        self.port = int(wait_until(lambda: self.announced(log), "cmdopd listens"))

    def configuration(self):
        return """\
listen: ["127.0.0.1:0"]
keys: ../keys
state: ../.state
access:
  - {operators: ["*"], sessions: ["*"], role: lead}
environments:
  default: {kind: process, shell: ["/bin/bash", "--norc", "--noprofile"], directory: "/tmp"}
"""

    def announced(self, log):
        with open(log, encoding="utf-8", errors="replace") as file:
            text = file.read()
        if self.process.poll() is not None:
            raise RuntimeError(f"cmdopd ended with {self.process.returncode}: {text[-500:]}")
        found = re.search(r"listening on 127\.0\.0\.1:(\d+)\n", text)
        return found and found.group(1)

    def hosts(self):
        sessions = os.path.join(self.directory, ".state", "sessions")
        for name in os.listdir(sessions) if os.path.isdir(sessions) else []:
            try:
                with open(os.path.join(sessions, name, "pid"), encoding="ascii") as file:
                    pid = int(file.read())
                if os.readlink(f"/proc/{pid}/exe").endswith("/cmdop-host"):
                    yield pid
            except (OSError, ValueError):
                continue

    def roots(self):
        # A host may be a child of the gateway's launcher: counted once, by pss() over a set.
        return [self.process.pid, *self.hosts()]

    def line(self):
        return self.ssh("bench@127.0.0.1")


PEERS = [Cmdop, Sshd, SshdTmux]


def make_key(path):
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "bench", "-f", path], check=True)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def accepts(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def wait_until(condition, what, limit=15.0):
    deadline = time.monotonic() + limit
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise TimeoutError(f"waited in vain until {what}")
        time.sleep(0.01)


def tree(pid):
    """All processes below a pid."""
    found = []
    try:
        for thread in os.listdir(f"/proc/{pid}/task"):
            with open(f"/proc/{pid}/task/{thread}/children", encoding="ascii") as file:
                for child in file.read().split():
                    found += [int(child), *tree(int(child))]
    except OSError:
        pass
    return found


def pss(roots):
    """The proportional memory of the processes and all below them, in KiB."""
    total = 0
    for pid in {one for root in roots for one in [root, *tree(root)]}:
        try:
            with open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as file:
                total += int(re.search(r"^Pss:\s+(\d+) kB", file.read(), re.MULTILINE).group(1))
        except (OSError, AttributeError):
            continue
    return total


def end(pid):
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
