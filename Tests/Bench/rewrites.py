#!/usr/bin/env python3
"""Key and configuration files written anew by every way that editors and tools have, with descriptors scarce.

People who are still allowed stay attached; those who are not are out within two seconds.
"""
import argparse
import contextlib
import os
import random
import select
import shutil
import socket
import subprocess
import sys
import tempfile
import time

import peers

STAY = ["alice", "dora", "erin"]
GO = "bob"
# How long a file may be in pieces, or away, in seconds; and how long it is whole at least before that happens again.
AWAY = 0.9
WHOLE = 0.15


class Server(peers.Cmdop):
    """A server whose team has a file for each, and one of several keys."""

    name = "rewrites"

    def start(self):
        self.lines = {}
        for person in [*STAY, GO]:
            peers.make_key(os.path.join(self.directory, person))
            with open(os.path.join(self.directory, person + ".pub"), encoding="utf-8") as public:
                self.lines[person] = public.read()
            self.file(f"keys/team/{person}.pub", self.lines[person], 0o644)
        super().start()

    def configuration(self):
        return super().configuration().replace(
            '  - {operators: ["*"], sessions: ["*"], role: lead}\n',
            "".join(f'  - {{operators: [{name}], sessions: ["*"], role: operator}}\n' for name in [*STAY, GO, "bench"]))

    def attach_as(self, person):
        line = self.ssh(f"{person}@127.0.0.1")
        line[line.index("-i") + 1] = os.path.join(self.directory, person)
        terminal = peers.PseudoTerminal(line)
        terminal.wait("[cmdop] session ", limit=60)
        return terminal


# MARK: The ways. Each leaves the file with the text in it.

def write(path, text, flags=os.O_WRONLY | os.O_CREAT | os.O_TRUNC):
    file = os.open(path, flags, 0o644)
    os.write(file, text.encode())
    os.close(file)


def in_place(path, text, pause):
    file = os.open(path, os.O_WRONLY)
    os.write(file, text.encode())
    pause(0.2)
    os.ftruncate(file, len(text.encode()))
    os.close(file)


def at_once(path, text, _):
    write(path, text)


def in_pieces(path, text, pause):
    data = text.encode()
    file = os.open(path, os.O_WRONLY | os.O_TRUNC)
    cuts = sorted(random.sample(range(1, len(data)), 3))
    for start, end in zip([0, *cuts], [*cuts, len(data)]):
        pause(0.25)
        os.write(file, data[start:end])
    os.close(file)


def emptied(path, text, pause):
    write(path, "")
    pause(1)
    write(path, text)


def new_file_over(path, text, _):
    write(path + ".new", text)
    os.rename(path + ".new", path)


def hidden_file_over(path, text, _):
    hidden = os.path.join(os.path.dirname(path), f".{os.path.basename(path)}.Xa81b2")
    write(hidden, text)
    os.rename(hidden, path)


def with_backup(path, text, pause):
    os.rename(path, path + "~")
    pause(1)
    write(path, text)
    os.unlink(path + "~")


def away_and_back(path, text, pause):
    os.rename(path, path + ".away")
    pause(1)
    os.rename(path + ".away", path)
    write(path + ".new", text)
    os.rename(path + ".new", path)


def deleted_first(path, text, pause):
    os.unlink(path)
    pause(1)
    write(path, text)


def other_kind_first(path, text, pause):
    """A FIFO stands there for a while, which nobody writes to."""
    os.unlink(path)
    os.mkfifo(path)
    pause(1)
    write(path + ".new", text)
    os.rename(path + ".new", path)


def link_first(path, text, pause):
    os.unlink(path)
    os.symlink("/nonexistent", path)
    pause(1)
    os.unlink(path)
    write(path, text)


def too_large(path, text, pause):
    os.truncate(path, 3_000_000)
    pause(1)
    write(path, text)


def by_program(path, text, program):
    source = path + ".source"
    write(source, text)
    subprocess.run(program(source, path), check=True)
    if os.path.exists(source):
        os.unlink(source)


def by_cp(path, text, _):
    by_program(path, text, lambda source, path: ["cp", source, path])


def by_mv(path, text, _):
    by_program(path, text, lambda source, path: ["mv", source, path])


def by_install(path, text, _):
    by_program(path, text, lambda source, path: ["install", "-m", "644", source, path])


def by_rsync(path, text, _):
    by_program(path, text, lambda source, path: ["rsync", "--ignore-times", source, path])


def by_dd(path, text, _):
    by_program(path, text, lambda source, path: ["dd", f"if={source}", f"of={path}", "bs=7", "status=none"])


def by_sed(path, text, _):
    write(path, "#SED\n" + text)
    subprocess.run(["sed", "-i", "/^#SED$/d", path], check=True)


def by_git(path, text, _):
    """A checkout of another commit, which deletes and makes anew."""
    folder = os.path.dirname(path)
    work = tempfile.mkdtemp(prefix="cmdop-bench-")
    git = ["git", f"--git-dir={work}/git", f"--work-tree={folder}", "-c", "user.name=x", "-c", "user.email="]
    name = os.path.basename(path)
    for words in (["init", "-q"], ["add", "-f", name], ["commit", "-q", "-m", "old"]):
        subprocess.run([*git, *words], check=True, cwd=folder)
    write(path, text)
    for words in (["commit", "-q", "-a", "--allow-empty", "-m", "new"], ["checkout", "-q", "HEAD~1"],
                  ["checkout", "-q", "-"]):
        subprocess.run([*git, *words], check=True, cwd=folder)
    shutil.rmtree(work)


FILE_WAYS = [in_place, at_once, in_pieces, emptied, new_file_over, hidden_file_over, with_backup, away_and_back,
             deleted_first, other_kind_first, link_first, too_large, by_cp, by_mv, by_install,
             by_rsync, by_dd, by_sed, by_git]


def folder_away(path, _, pause):
    os.rename(path, path + ".away")
    pause(1)
    os.rename(path + ".away", path)


def folder_exchanged(path, _, pause):
    """As tools write whole folders: the new one beside the old, and then a link that is turned over."""
    kept = tempfile.mkdtemp(prefix="..", dir=os.path.dirname(path))
    os.chmod(kept, 0o755)
    for name in os.listdir(path):
        shutil.copy(os.path.join(path, name), kept)
    if os.path.islink(path):
        old = os.path.realpath(path)
    else:
        old = path + ".old"
        os.rename(path, old)
        pause(0.3)
    os.symlink(kept, path + ".link")
    os.rename(path + ".link", path)
    shutil.rmtree(old)


def folder_filled(path, _, pause):
    """More files than are looked at, for a while."""
    names = [os.path.join(path, f"zz{number}") for number in range(4_200)]
    for name in names:
        os.close(os.open(name, os.O_CREAT | os.O_WRONLY, 0o644))
    pause(1)
    for name in names:
        os.unlink(name)


FOLDER_WAYS = [folder_away, folder_exchanged, folder_filled]


# MARK: What is watched

class Run:
    """People attached, files written, and who is out when."""

    def __init__(self, server, seed, limit):
        self.server = server
        self.limit = limit
        self.random = random.Random(seed)
        random.seed(seed)
        self.people = {name: server.attach_as(name) for name in STAY}
        self.note = 0
        self.slowest = 0.0
        self.failures = []
        self.silent = []

    def path(self, name):
        return os.path.join(self.server.directory, name)

    def pause(self, share):
        time.sleep(share * self.random.uniform(0.05, AWAY))

    def text(self, path, without=""):
        """What the file says, with a new comment; without the lines of one person."""
        self.note += 1
        lines = {**self.server.lines}
        if path.endswith(".yaml"):
            kept = self.server.configuration().splitlines(keepends=True)
        else:
            kept = [lines[os.path.basename(path).removesuffix(".pub")]]
        kept = [line for line in kept if not without or f"[{without}]" not in line]
        return f"# {self.note} {'x' * self.random.randrange(60)}\n" + "".join(kept)

    def use_up_descriptors(self):
        """Sockets that say nothing; those that the server drops are replaced."""
        kept = []
        for one in self.silent:
            readable, _, _ = select.select([one], [], [], 0)
            try:
                if readable and not one.recv(4_096, socket.MSG_PEEK | socket.MSG_DONTWAIT):
                    one.close()
                    continue
            except OSError:
                one.close()
                continue
            kept.append(one)
        self.silent = kept
        while len(self.silent) < 300:
            one = socket.socket()
            one.setblocking(False)
            one.connect_ex(("127.0.0.1", self.server.port))
            self.silent.append(one)

    def release_descriptors(self):
        for one in self.silent:
            one.close()
        self.silent = []

    def check_those_who_stay(self, what):
        for name, terminal in list(self.people.items()):
            readable, _, _ = select.select([terminal.descriptor], [], [], 0)
            alive = True
            if readable:
                try:
                    terminal.read_now()
                except (OSError, EOFError, AssertionError):
                    alive = False
            if not alive or b"access was revoked" in terminal.transcript[-2_000:] or gone(terminal.pid):
                self.failures.append(f"{name} was cut off by {what}")
                del self.people[name]

    def rewrite(self):
        """One file or folder, one way, and everybody stays."""
        if self.random.random() < 0.08:
            way, name = self.random.choice(FOLDER_WAYS), "keys/team"
        else:
            way = self.random.choice(FILE_WAYS)
            name = self.random.choice(["config/cmdop.yaml", *(f"keys/team/{person}.pub" for person in STAY)])
        path = self.path(name)
        start = time.monotonic()
        way(path, self.text(path) if way in FILE_WAYS else "", self.pause)
        took = time.monotonic() - start
        time.sleep(WHOLE)
        self.check_those_who_stay(f"{way.__name__} of {name}, which took {took:.2f} s")

    def remove(self):
        """Bob comes, and has to go; how long that takes."""
        self.release_descriptors()
        terminal = self.server.attach_as(GO)
        self.use_up_descriptors()
        time.sleep(0.3)
        keys, rules = self.path(f"keys/team/{GO}.pub"), self.path("config/cmdop.yaml")
        how = self.random.choice(["file", "moved", "emptied", "line", "rule"])
        if how == "file":
            os.unlink(keys)
        elif how == "moved":
            os.rename(keys, self.path("bob.gone"))
        elif how == "emptied":
            write(keys, "")
        elif how == "line":
            new_file_over(keys, f"# {self.server.lines[GO]}", self.pause)
        else:
            self.random.choice([at_once, new_file_over, by_cp])(rules, self.text(rules, without=GO), self.pause)
        start = time.monotonic()
        # Others go on writing meanwhile.
        while not gone(terminal.pid) and time.monotonic() < start + 20:
            path = self.path(f"keys/team/{self.random.choice(STAY)}.pub")
            self.random.choice([at_once, new_file_over])(path, self.text(path), self.pause)
            with contextlib.suppress(OSError, EOFError, AssertionError):
                if select.select([terminal.descriptor], [], [], 0.02)[0]:
                    terminal.read_now()
        took = time.monotonic() - start
        if b"revoked" not in terminal.transcript:
            self.failures.append(f"{GO} was not told, after {how}")
        self.slowest = max(self.slowest, took)
        print(f"{GO} was out after {took:.2f} s ({how})", flush=True)
        if took > self.limit:
            self.failures.append(f"{GO} was out only after {took:.2f} s ({how})")
        terminal.end()
        self.check_those_who_stay(f"the removal of {GO} ({how})")
        write(rules, self.text(rules))
        new_file_over(keys, self.server.lines[GO], self.pause)
        time.sleep(2)


def gone(pid):
    """Whether a child has ended; it stays to be waited for."""
    with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as file:
        return file.read().rsplit(")", 1)[1].split()[0] == "Z"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--programs", default=".build/release", help="the directory of cmdopd and cmdop-host")
    parser.add_argument("--times", type=int, default=1_000, help="how often something is written anew")
    parser.add_argument("--removals", type=int, default=50, help="how often somebody has to go in the meantime")
    parser.add_argument("--descriptors", type=int, default=128, help="the server's, as soon as people are attached")
    parser.add_argument("--limit", type=float, default=2, help="how soon they must be out, in seconds")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    peers.Cmdop.programs = os.path.abspath(arguments.programs)
    with tempfile.TemporaryDirectory(prefix="cmdop-bench-", dir="/tmp") as directory, contextlib.ExitStack() as keepers:
        server = Server(directory)
        keepers.callback(server.stop)
        server.start()
        run = Run(server, arguments.seed, arguments.limit)
        keepers.callback(run.release_descriptors)
        for terminal in run.people.values():
            keepers.callback(terminal.end)
        subprocess.run(["prlimit", f"--nofile={arguments.descriptors}", "--pid", str(server.process.pid)], check=True)
        for number in range(arguments.times):
            run.use_up_descriptors()
            run.rewrite()
            if number % max(1, arguments.times // max(1, arguments.removals)) == 0 and arguments.removals:
                run.remove()
        for name, terminal in run.people.items():
            terminal.send(f"echo {name}-$((40 + 2))\r".encode())
            terminal.wait(f"{name}-42", limit=60)
    print(f"{arguments.times} times written, {len(run.people)} of {len(STAY)} stayed, "
          f"who had to go was out after {run.slowest:.2f} s at most", flush=True)
    for failure in run.failures:
        print(failure, flush=True)
    return 1 if run.failures else 0


if __name__ == "__main__":
    sys.exit(main())
