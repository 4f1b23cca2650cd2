#!/usr/bin/env python3
"""Many small files and a big one by every client, there and back, in both kinds of environment, sums compared.

Containers are left out where Podman does not run, sshfs where there is no /dev/fuse.
"""
import argparse
import contextlib
import os
import random
import shlex
import shutil
import subprocess
import sys
import tempfile
import time

import environments
import peers

IMAGE = "localhost/cmdop-endurance:1"
CARRIED = ("/bin/bash", "/usr/bin/rsync", "/usr/bin/git")
PER_FOLDER = 500
SMALL_BYTES = 2_000
# For one client and one way, in seconds.
PATIENCE = 3_600
# Prints the sum of every file below here, what git keeps for itself aside.
SUMS = "find . -name .git -prune -o -type f -print0 | xargs -0 sha256sum | sort -k 2"


def run(words, **options):
    """Runs a program to its end; what it says is in the error where it fails."""
    done = subprocess.run(words, check=False, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, timeout=PATIENCE, text=True, errors="replace", **options)
    if done.returncode:
        raise RuntimeError(f"{' '.join(words)} ended with {done.returncode}: {done.stdout[-800:]}")
    return done.stdout


class Server(environments.Containers):
    """cmdopd with sessions as processes, in a folder of their own, and in containers."""

    def configuration(self):
        self.home = os.path.join(self.directory, "home")
        os.mkdir(self.home)
        return peers.Cmdop.configuration(self) + f"""\
  process: {{kind: process, shell: ["/bin/bash", "--norc", "--noprofile"], directory: "{self.home}"}}
  container: {{kind: container, image: "{IMAGE}"}}
"""

    def flags(self):
        """What every client of this server needs, for the ssh that it starts."""
        line = self.ssh()[1:]
        return [word for word in line if word != "-tt"]


class Work:
    """One session, the files that are to go there, and a place for what comes back."""

    def __init__(self, server, environment, directory):
        self.server = server
        self.session = f"endure-{environment}"
        self.first = f"{self.session}+env={environment}@127.0.0.1"
        self.address = f"{self.session}@127.0.0.1"
        self.directory = directory
        self.back = os.path.join(directory, "back")

    def inside(self, line):
        return run(["ssh", *self.server.flags(), self.address, line])

    def start(self):
        run(["ssh", *self.server.flags(), self.first, "true"])

    def shell(self):
        return shlex.join(["ssh", *self.server.flags()])

    def sftp(self, order):
        flags = [word if word != "-p" else "-P" for word in self.server.flags()]
        batch = os.path.join(self.directory, "batch")
        with open(batch, "w", encoding="utf-8") as file:
            file.write(order + "\n")
        run(["sftp", "-q", *flags, "-b", batch, self.address])

    def scp(self, *paths):
        flags = [word if word != "-p" else "-P" for word in self.server.flags()]
        run(["scp", "-q", *flags, "-r", *paths])


# MARK: Clients. Each takes the folder `name` to `there/name`, and brings it back to `back/name`.

def by_sftp(work, name):
    yield lambda: work.sftp(f"put -R {work.directory}/{name} there/")
    yield lambda: work.sftp(f"get -R there/{name} {work.back}/")


def by_scp(work, name):
    yield lambda: work.scp(f"{work.directory}/{name}", f"{work.address}:there/")
    yield lambda: work.scp(f"{work.address}:there/{name}", work.back)


def by_rsync(work, name):
    yield lambda: run(["rsync", "-a", "-e", work.shell(), f"{work.directory}/{name}", f"{work.address}:there/"])
    yield lambda: run(["rsync", "-a", "-e", work.shell(), f"{work.address}:there/{name}", work.back])


def by_sshfs(work, name):
    mounted = os.path.join(work.directory, "mounted")
    os.makedirs(mounted, exist_ok=True)
    # It knows no -i, and -p only as its own.
    flags = work.server.flags()
    words = [word for option, value in zip(flags, flags[1:]) for word in {
        "-o": ["-o", value], "-i": ["-o", f"IdentityFile={value}"], "-p": ["-p", value]}.get(option, [])]
    for source, target in ((os.path.join(work.directory, name), os.path.join(mounted, "there")),
                           (os.path.join(mounted, "there", name), work.back)):
        def copy(source=source, target=target):
            try:
                run(["sshfs", f"{work.address}:", mounted, *words])
                run(["cp", "-R", source, target])
            finally:
                # Undone at once where all went well, and in any case.
                if subprocess.run(["fusermount3", "-u", mounted], check=False, stderr=subprocess.DEVNULL).returncode:
                    subprocess.run(["fusermount3", "-u", "-z", mounted], check=False, stderr=subprocess.DEVNULL)
        yield copy


def by_git(work, name):
    variables = {**os.environ, "GIT_SSH_COMMAND": work.shell(), "GIT_CONFIG_GLOBAL": "/dev/null"}
    own = os.path.join(work.directory, name)
    folder = work.inside("pwd").strip()

    def git(*words):
        run(["git", "-c", "core.compression=0", "-c", "gc.auto=0", *words], env=variables)

    if not os.path.exists(os.path.join(own, ".git")):
        git("init", "-q", own)
        git("-C", own, "add", ".")
        git("-C", own, "-c", "user.name=endurance", "-c", "user.email=", "commit", "-q", "-m", name)
    url = f"ssh://{work.address}{folder}/there/{name}"
    work.inside(f"git init -q there/{name}")
    yield lambda: git("-C", own, "push", "-q", url, "HEAD:refs/heads/pushed")
    work.inside(f"cd there/{name} && git checkout -q pushed")
    yield lambda: git("clone", "-q", "-b", "pushed", url, os.path.join(work.back, name))


CLIENTS = {"sftp": by_sftp, "scp": by_scp, "rsync": by_rsync, "sshfs": by_sshfs, "git": by_git}


# MARK: What is moved

def write_files(directory, count, size):
    """The folders `many` and `one`."""
    for number in range(count):
        folder = os.path.join(directory, "many", str(number // PER_FOLDER))
        if number % PER_FOLDER == 0:
            os.makedirs(folder)
        with open(os.path.join(folder, str(number)), "wb") as file:
            file.write(random.randbytes(random.randrange(SMALL_BYTES)))
    os.mkdir(os.path.join(directory, "one"))
    with open(os.path.join(directory, "one", "big"), "wb") as file:
        for start in range(0, size, 1_000_000):
            file.write(random.randbytes(min(1_000_000, size - start)))


def local_sums(folder):
    return run(["sh", "-c", SUMS], cwd=folder)


def seconds(step):
    begin = time.monotonic()
    step()
    return time.monotonic() - begin


def move(work, client, name):
    """Seconds up and down; raises where the sums are not those of what was sent."""
    sent = local_sums(os.path.join(work.directory, name))
    os.mkdir(work.back)
    work.inside("mkdir there")
    try:
        steps = CLIENTS[client](work, name)
        times = [seconds(next(steps))]
        # What prepares the way back comes after the way there, and before the look at what arrived.
        down = next(steps)
        if work.inside(f"cd there/{name} && {SUMS}") != sent:
            raise RuntimeError("what arrived is not what was sent")
        times.append(seconds(down))
        if local_sums(os.path.join(work.back, name)) != sent:
            raise RuntimeError("what came back is not what was sent")
        return times
    finally:
        shutil.rmtree(work.back)
        work.inside("rm -rf there")


def make_image():
    """An image with this machine's busybox, bash, rsync and git; whether containers of it run."""
    if not shutil.which("podman") or not all(map(os.path.exists, ("/bin/busybox", *CARRIED))):
        return False
    if environments.podman("image", "exists", IMAGE).returncode:
        with tempfile.TemporaryDirectory() as root:
            for folder in ("bin", "root", "tmp", "proc", "sys", "dev", "etc", "run", "usr"):
                os.mkdir(os.path.join(root, folder))
            os.symlink("../bin", os.path.join(root, "usr", "bin"))
            shutil.copy("/bin/busybox", os.path.join(root, "bin"))
            for name in run(["/bin/busybox", "--list"]).split():
                if name not in ("busybox", "bash"):
                    os.symlink("busybox", os.path.join(root, "bin", name))
            for program in CARRIED:
                shutil.copy(program, os.path.join(root, "bin"))
                for word in run(["ldd", program]).split():
                    if word.startswith("/"):
                        os.makedirs(root + os.path.dirname(word), exist_ok=True)
                        shutil.copy(word, root + word)
            for name in ("git-upload-pack", "git-receive-pack"):
                os.symlink("git", os.path.join(root, "bin", name))
            with open(os.path.join(root, "etc", "passwd"), "w", encoding="ascii") as users:
                users.write("root:x:0:0:root:/root:/bin/bash\n")
            run(["sh", "-c", f"tar -C '{root}' -c . | podman import -q - {IMAGE}"])
    return environments.podman("run", "--rm", *environments.limits(), IMAGE, "true").returncode == 0


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--programs", default=".build/release", help="the directory of cmdopd and cmdop-host")
    parser.add_argument("--files", type=int, default=100_000, help="how many small ones")
    parser.add_argument("--bytes", type=int, default=2_000_000_000, help="the size of the big one")
    parser.add_argument("--clients", default=",".join(CLIENTS), help="some of them, parted by commas")
    parser.add_argument("--environments", default="process,container", help="one of them, or both")
    arguments = parser.parse_args()
    peers.Cmdop.programs = os.path.abspath(arguments.programs)
    failures = 0
    kinds = arguments.environments.split(",")
    clients = arguments.clients.split(",")
    if "container" in kinds and not make_image():
        print("containers: left out, for Podman does not run here")
        kinds.remove("container")
    if "sshfs" in clients and not os.path.exists("/dev/fuse"):
        print("sshfs: left out, for there is no /dev/fuse here")
        clients.remove("sshfs")
    with tempfile.TemporaryDirectory(prefix="cmdop-bench-", dir="/tmp") as directory, contextlib.ExitStack() as keepers:
        write_files(directory, arguments.files, arguments.bytes)
        server = Server(directory)
        keepers.callback(server.stop)
        server.start()
        for kind in kinds:
            work = Work(server, kind, directory)
            work.start()
            for client in clients:
                for name, what in (("many", f"{arguments.files:,} files"), ("one", f"one of {arguments.bytes:,} B")):
                    try:
                        up, down = move(work, client, name)
                        print(f"{kind}, {client}, {what}: up {up:.1f} s, down {down:.1f} s, sums equal", flush=True)
                    except Exception as error:
                        failures += 1
                        print(f"{kind}, {client}, {what}: failed: {type(error).__name__}: {error}", flush=True)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
