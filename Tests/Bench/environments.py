"""Environments: files beside plain sshd's, containers beside `podman run`, and what one session's bomb costs another.

Containers are left out where Podman does not run.
"""
import contextlib
import getpass
import json
import os
import random
import select
import shutil
import statistics
import subprocess
import tempfile
import time

import peers
from measures import KEYS, command, settle
from pseudo_terminal import PseudoTerminal

IMAGE = "localhost/cmdop-bench:1"
BIG = 400_000_000
SMALL, SMALL_BYTES = 2_000, 1_000
# cmdop leaves processes no more than this by itself; podman needs some for its own.
LIMITS = "pids: 200, memory: 256M, cpus: 1"


class FilesSshd(peers.Sshd):
    """Plain sshd with its own sftp-server."""

    name = "sshd"

    def start(self):
        super().start()
        self.stop()
        path = os.path.join(self.directory, "sshd_config")
        with open(path, "a", encoding="utf-8") as config:
            config.write("Subsystem sftp /usr/lib/openssh/sftp-server\n")
        program = shutil.which("sshd", path="/usr/sbin:" + os.environ.get("PATH", ""))
        self.process = subprocess.Popen([program, "-D", "-f", path, "-E", os.path.join(self.directory, "log")],
                                        stdin=subprocess.DEVNULL)
        peers.wait_until(lambda: peers.accepts(self.port), "sshd listens")

    user = property(lambda self: getpass.getuser())


class Containers(peers.Cmdop):
    """cmdopd whose sessions run as processes or, of the environment box, in containers."""

    user = "files"

    def configuration(self):
        return super().configuration() + f"""\
  box: {{kind: container, image: "{IMAGE}", shell: ["/bin/sh"]}}
  bomb: {{kind: container, image: "{IMAGE}", shell: ["/bin/sh"], {LIMITS}}}
"""

    def verb(self, *words):
        return subprocess.run(self.ssh("cmdop@127.0.0.1", *words), check=False, capture_output=True, text=True).stdout

    def stop(self):
        # Containers outlive the server, and what fails leaves its own.
        sessions = os.path.join(self.directory, ".state", "sessions")
        for session in os.listdir(sessions) if self.port and os.path.isdir(sessions) else []:
            self.verb("end", session)
            self.verb("rm", session, "--force")
        super().stop()


# MARK: Files

def sftp(peer, lines):
    """Seconds that sftp takes for a batch."""
    options = [word if word != "-p" else "-P" for word in peer.ssh() if word != "-tt"][1:]
    begin = time.monotonic()
    subprocess.run(["sftp", "-q", *options, "-b", "-", f"{peer.user}@127.0.0.1"], input="\n".join(lines) + "\n",
                   text=True, check=True, stdout=subprocess.DEVNULL)
    return time.monotonic() - begin


def files(cmdop, sshd, directory, rounds=3):
    """Prints how long files take, beside sshd's sftp-server."""
    here = os.path.join(directory, "here")
    os.makedirs(os.path.join(here, "small"))
    with open(os.path.join(here, "big"), "wb") as big:
        for _ in range(BIG // 1_000_000):
            big.write(random.randbytes(1_000_000))
    for number in range(SMALL):
        with open(os.path.join(here, "small", f"{number:05}"), "wb") as small:
            small.write(random.randbytes(SMALL_BYTES))
    times = {}
    for turn in range(rounds):
        for peer in (cmdop, sshd):
            there = os.path.join(directory, f"there-{peer.name}-{turn}")
            os.makedirs(there)
            for what, lines in (
                    ("one of 400 MB, up", [f"put {here}/big {there}/big"]),
                    ("one of 400 MB, down", [f"get {there}/big {there}/back"]),
                    ("2,000 of 1 kB, up", [f"put -R {here}/small {there}/"]),
                    ("2,000 of 1 kB, down", [f"get -R {there}/small {there}/again"])):
                times.setdefault(what, {}).setdefault(peer.name, []).append(sftp(peer, lines))
            shutil.rmtree(there)
    for what, by in times.items():
        ours, theirs = (statistics.median(by[name]) for name in ("cmdop", "sshd"))
        print(f"sftp, {what}: {ours:.2f} s, {ours / theirs:.2f} x sshd")


# MARK: Containers

def podman(*words, **options):
    runtime = ["--runtime", "runc"] if not os.path.exists("/sys/fs/cgroup/cgroup.controllers") else []
    return subprocess.run(["timeout", "60", "podman", *runtime, *words], check=False, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, **options)


def limits():
    """What podman would ask for by itself is more than some machines give."""
    files = subprocess.check_output(["sh", "-c", "ulimit -Hn"], text=True).strip()
    return ["--ulimit", f"nofile={files}:{files}", "--ulimit", "nproc=1024:1024", "--pull", "never"]


def make_image():
    """A small image of this machine's busybox; whether containers of it run."""
    if not shutil.which("podman") or not os.path.exists("/bin/busybox"):
        return False
    if podman("image", "exists", IMAGE).returncode:
        with tempfile.TemporaryDirectory() as root:
            for folder in ("bin", "root", "tmp", "proc", "sys", "dev", "etc", "run"):
                os.mkdir(os.path.join(root, folder))
            shutil.copy("/bin/busybox", os.path.join(root, "bin", "busybox"))
            for name in ("sh", "cat", "sleep", "true", "dd", "tail", "stty"):
                os.symlink("busybox", os.path.join(root, "bin", name))
            with open(os.path.join(root, "etc", "passwd"), "w", encoding="ascii") as users:
                users.write("root:x:0:0:root:/root:/bin/sh\n")
            subprocess.run(f"tar -C '{root}' -c . | timeout 60 podman import -q - {IMAGE}", shell=True, check=False,
                           stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return podman("run", "--rm", *limits(), IMAGE, "true").returncode == 0


def prompt(line):
    """Seconds from the start of a program until its shell answers."""
    begin = time.monotonic()
    with PseudoTerminal(line) as terminal:
        terminal.wait("# ", 60)
        seconds = time.monotonic() - begin
        settle(terminal)
        terminal.send(b"exit\r")
        with contextlib.suppress(EOFError, TimeoutError):
            terminal.wait_for_exit(20)
    return seconds


def starts(cmdop, rounds=5):
    """Prints how long a prompt in a container of a prebuilt image takes, beside `podman run -it`."""
    runtime = ["--runtime", "runc"] if not os.path.exists("/sys/fs/cgroup/cgroup.controllers") else []
    times = {"new": ([], []), "again": ([], [])}
    for number in range(rounds):
        session, name = f"start-{number}", f"cmdop-bench-{os.getpid()}-{number}"
        line = cmdop.ssh(f"{session}+env=box@127.0.0.1")
        run = ["podman", *runtime, "run", "-it", "--name", name, *limits(), IMAGE, "/bin/sh"]
        times["new"][0].append(prompt(line))
        times["new"][1].append(prompt(run))
        peers.wait_until(lambda session=session: ended(cmdop, session), "the session has ended")
        times["again"][0].append(prompt(line))
        times["again"][1].append(prompt(["podman", *runtime, "start", "-ai", name]))
        podman("rm", "-f", name)
        peers.wait_until(lambda session=session: ended(cmdop, session), "the session has ended")
        cmdop.verb("rm", session, "--force")
    for what, (ours, theirs) in times.items():
        ours, theirs = statistics.median(ours), statistics.median(theirs)
        print(f"from ssh to the prompt, container {what}: {ours:.2f} s, {ours / theirs:.2f} x podman "
              f"{'run' if what == 'new' else 'start'} -it")


def ended(cmdop, session):
    """Whether a session's host and all below it are gone."""
    path = os.path.join(cmdop.directory, ".state", "sessions", session, "pid")
    with contextlib.suppress(OSError, ValueError), open(path, encoding="ascii") as file:
        return not os.path.exists(f"/proc/{int(file.read())}")
    return True


def echoes(terminal, samples=100):
    """Milliseconds from a key press to its echo in a shell that is open."""
    terminal.send(b"cat\r")
    settle(terminal)
    result = []
    for number in range(samples):
        key = KEYS[number % len(KEYS):][:1]
        time.sleep(random.uniform(0.002, 0.008))
        begin = time.perf_counter()
        terminal.send(key)
        while True:
            if not select.select([terminal], [], [], 30)[0]:
                raise TimeoutError(f"no echo of key {number}")
            if key in terminal.read_now():
                break
        result.append((time.perf_counter() - begin) * 1_000)
    terminal.send(b"\r\x04")
    settle(terminal)
    return sorted(result)


class Group:
    """The control group of a session's container: the kernel counts what is in it, whatever it calls itself."""

    def __init__(self, cmdop, session):
        directory = os.path.join(cmdop.directory, ".state", "sessions", session)
        with open(os.path.join(directory, "pid"), encoding="utf-8") as pid:
            self.host = int(pid.read())
        # Podman's warnings may stand before what was asked for.
        label = f"label=cmdop.directory={directory}"
        name = podman("ps", "--format", "{{.Names}}", "--filter", label).stdout.split()[-1]
        leader = podman("inspect", "--format", "{{.State.Pid}}", name).stdout.split()[-1]
        self.files = []
        with open(f"/proc/{leader}/cgroup", encoding="utf-8") as groups:
            for line in groups:
                _, controllers, path = line.rstrip("\n").split(":", 2)
                if "pids" in controllers.split(",") or not controllers:
                    root = "/sys/fs/cgroup" + ("/pids" if controllers else "")
                    self.files.append(root + path + "/pids.current")

    @property
    def count(self):
        """Processes and threads in it; none where the group itself is gone."""
        for path in self.files:
            with contextlib.suppress(OSError), open(path, encoding="ascii") as number:
                return int(number.read())
        return 0

    @property
    def has_host(self):
        """Whether the session's host still lives: it leaves when it has ended what is left."""
        return os.path.exists(f"/proc/{self.host}")


def neighbours(cmdop):
    """Prints what another session's echo takes while one does its worst within its limits."""
    loads = {
        # Not by its usual name, which this shell takes for no function's.
        "a fork bomb": ("bomb() { bomb | bomb & }; bomb", "can't fork"),
        "a memory hog": ("while :; do tail /dev/zero; done", "Killed"),
    }
    with PseudoTerminal(cmdop.ssh("quiet@127.0.0.1")) as other:
        settle(other)
        command(other, "echo ready-$((40+2))", "ready-42")
        calm = echoes(other)
        print(f"echo while nothing else runs: p50 {calm[50]:.2f} ms, p99 {calm[98]:.2f} ms")
        for number, (what, (line, sign)) in enumerate(loads.items()):
            session = f"load-{number}"
            with PseudoTerminal(cmdop.ssh(f"{session}+env=bomb@127.0.0.1")) as worst:
                worst.wait("# ", 60)
                settle(worst)
                worst.send(line.encode() + b"\r")
                worst.wait(sign, 60)
                # Which they are has to be known before the end.
                group = Group(cmdop, session)
                load, most = echoes(other), group.count
                cmdop.verb("end", session)
                peers.wait_until(lambda group=group: not group.has_host, "the session's host has ended", 60)
            print(f"echo beside {what} in another's container: p50 {load[50]:.2f} ms ({load[50] / calm[50]:.1f} x), "
                  f"p99 {load[98]:.2f} ms; of its {most} processes, {group.count} are left after its end")
            cmdop.verb("rm", session, "--force")


def run(directory):
    """Starts what is compared, prints the figures, ends it."""
    cmdop, sshd = Containers(directory), FilesSshd(directory)
    with contextlib.ExitStack() as keepers:
        for peer in (cmdop, sshd):
            keepers.callback(peer.stop)
            peer.start()
        files(cmdop, sshd, directory)
        if not make_image():
            return print("containers: left out, for Podman does not run here")
        starts(cmdop)
        neighbours(cmdop)
    return None
