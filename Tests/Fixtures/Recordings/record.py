#!/usr/bin/env python3
"""Records what real programs print to an 80x24 terminal: record.py [NAME ...], as root, on Linux.

Each program runs with its own process ids and host name, in a home directory of its own, so that a recording says
nothing of the machine that it was made on. Keys are typed when the program has been quiet for a while.
"""
import fcntl
import os
import pathlib
import pty
import select
import shutil
import struct
import subprocess
import sys
import termios
import time

HOME = pathlib.Path("/tmp/demo")
HERE = pathlib.Path(__file__).parent
QUIET, LIMIT, MOST = 0.35, 8.0, 150_000

PROGRAM = """\
/* A program that is here to be edited. */
#include <stdio.h>

static int fibonacci(int n)
{
\tif (n < 2)
\t\treturn n;
\treturn fibonacci(n - 1) + fibonacci(n - 2);
}

int main(void)
{
\tfor (int i = 0; i < 20; i++) {
\t\tprintf("%d: %d\\n", i, fibonacci(i)); // a comment
\t}
\treturn 0;
}
"""
TEXT = "".join(f"Line {n:3}: " + "the quick brown fox jumps over the lazy dog " * (n % 4) + "\n" for n in range(200))
VIM = ["vim", "-u", "NONE", "-i", "NONE", "-N", "-n", "--cmd", "syntax on | set bg=dark ruler showcmd nomodeline"]
TMUX = ["tmux", "-f", "/dev/null", "-S", "/tmp/demo/socket"]

# Each: the command, and what is typed, a step at a time.
SESSIONS = {
    "vim": (VIM + ["fibonacci.c"], [
        "", "jjjj", "o// typed here\x1b", "yyp", "dd", "u", "\x12", "/fib\r", "n", ":split\r", ":vsplit\r", "\x17j",
        "\x17l", ":help\r", "\x06", "\x06", ":q\r", "\x17w", "G", "gg", "ciWint\x1b", ">>", ":set number\r",
        ":set list\r", ":%s/fibonacci/fib/g\r", "A" + "a long line " * 12 + "\x1b", "0", "$", ":only\r", "V3jd",
        "P", "ggVGJ", "u", "ia\tb\u00e9\u6f22\x1b", ":e long.txt\r", "\x04", "\x04", "\x15", "10\x05", "5\x19",
        "zz", ":set hlsearch | /quick\r", "n", ":qa!\r"]),
    "less": (["less", "-R", "long.txt"], [
        "", " ", " ", "b", "/fox\r", "n", "N", "G", "g", "j" * 5, "k" * 3, "50g", "d", "u", "-S\r", "\x1b[C",
        "\x1b[D", "h", "q", "q"]),
    "top": (["top", "-d", "0.4"], ["", "", "1", "", "m", "t", "z", "x", "", "c", "V", "", "i", "h", "\x1b", "", "q"]),
    "htop": (["htop", "-d", "5"], [
        "", "", "\x1b[B", "\x1b[B", "t", "", "\x1bOP", " ", "\x1bOQ", "\x1b[B", "\x1b\x1b", "/top\r", "\x1b\x1b", "",
        "q"]),
    "tmux": (TMUX + ["new-session", "bash --norc"], [
        "", "ls -l\r", "\x02%", "seq 60\r", "\x02\"", "echo a b\r", "\x02o", "cat long.txt\r", "\x02c", "seq 30\r",
        "\x02w", "\r", "\x02z", "\x02z", "\x02[", "\x02", "\x1b[A" * 3, "q", "\x02:display-message hello\r", "\x02?",
        "q", "\x02x", "y", "\x02d"]),
    "mc": (["mc", "-u", "-d"], [
        "", "\x1b[B", "\x1b[B", "\t", "\x1b[B", "\x1b9", "\x1b[C", "\x1b[B", "\x1b\x1b", "\x1b[A", "\x1b3", "\x1b3",
        "\x1b5", "\x1b\x1b", "\x1b1", "\x1b\x1b", "\x1b7", "new\r", "\x0f", "\x0f", "\x1b0", "\r"]),
    "shell": (["bash", "--norc"], [
        "", "ls --color=always -la\r", "echo one two three four five six seven eight nine ten" * 3, "\x01X", "\x0b",
        "\x19", "\x17", "\x03", "seq 1 200 | column\r", "for i in 1 2 3; do\r", "echo $i\r", "done\r", "\x12seq", "\r",
        "printf '\\033[1;31mred \\033[44mon blue\\033[K\\033[0m\\n'\r", "clear\r", "tput smcup; echo in; tput rmcup\r",
        "exit\r"]),
}
BUILD = r"""
import sys
red, magenta, green = "\33[01;31m\33[K", "\33[01;35m\33[K", "\33[32m\33[1m"
bold, off = "\33[01m\33[K", "\33[m\33[K"
put = lambda *parts: (sys.stdout.write("".join(parts)), sys.stdout.flush())
for n in range(1, 121):
    done = n * 40 // 120
    put("\r\33[2K[", "\33[38;5;%dm" % (16 + n), "#" * done, "\33[90m", "." * (40 - done), "\33[0m",
        "] %3d%%" % (n * 100 // 120))
    if n % 5 == 0:
        put("\r\33[2K", green, "[%3d/120] " % n, off, "Building C object source/part_%d.c.o\n" % n)
    if n % 15 == 0:
        put(bold, "part_%d.c:%d:9:" % (n, n * 3), off, " ", magenta, "warning: ", off, "unused variable '", bold,
            "count", off, "' [", magenta, "-Wunused-variable", off, "]\n  %3d |     int " % (n * 3), magenta, "count",
            off, " = 0;\n      |         ",
            magenta, "^~~~~", off, "\n")
    if n % 40 == 0:
        put(bold, "part_%d.c:7:1:" % n, off, " ", red, "error: ", off,
            "\33[4:3m\33[58:5:1mexpected\33[0m ';' before '", bold, "}", off,
            "' token ", "and a long explanation that goes on beyond the margin of the terminal " * 2, "\n")
put("\33[38;2;255;128;0m24-bit\33[0m \33[48;5;22mindexed\33[0m ",
    "\33[7mreverse\33[27m \33[9mstrike\33[29m \33[2mfaint\33[0m\n")
put(red, "make: *** [Makefile:12: all] Error 1", off, "\n")
"""


def prepare():
    """A home with the same few files each time."""
    shutil.rmtree(HOME, ignore_errors=True)
    (HOME / "directory").mkdir(parents=True)
    (HOME / "fibonacci.c").write_text(PROGRAM)
    (HOME / "long.txt").write_text(TEXT)
    (HOME / "build.py").write_text(BUILD)
    for number in range(12):
        (HOME / f"file{number}.txt").write_text("x" * number * 99)
    (HOME / "run.sh").write_text("#!/bin/sh\n")
    (HOME / "run.sh").chmod(0o755)
    subprocess.run(["find", str(HOME), "-exec", "touch", "-d", "2026-01-01 12:00Z", "{}", "+"], check=True)


def start(command):
    """The program in its own namespaces, on a terminal."""
    environment = {"HOME": str(HOME), "PATH": "/usr/bin:/bin", "TERM": "xterm-256color", "PS1": "demo$ ", "TZ": "UTC",
                   "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8", "SHELL": "/bin/sh", "USER": "demo", "LESSHISTFILE": "-"}
    line = ["unshare", "--pid", "--fork", "--uts", "--mount-proc", "sh", "-c",
            'hostname demo; sleep 600 & sleep 700 & "$@"; kill %1 %2', "sh", *command]
    child, terminal = pty.fork()
    if child == 0:
        os.chdir(HOME)
        os.execvpe(line[0], line, environment)
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    return child, terminal


def record(command, steps):
    """What the program prints while it is typed to, until it ends."""
    child, terminal = start(command)
    printed = b""
    for step in [None, *steps, None]:
        if step:
            os.write(terminal, step.encode())
        deadline = time.monotonic() + LIMIT
        while time.monotonic() < deadline and select.select([terminal], [], [], QUIET)[0]:
            try:
                piece = os.read(terminal, 65_536)
            except OSError:
                piece = b""
            if not piece:
                break
            printed += piece
    os.close(terminal)
    os.waitpid(child, 0)
    return printed


def main():
    names = sys.argv[1:] or [*SESSIONS, "build"]
    for name in names:
        prepare()
        command, steps = SESSIONS.get(name, (["python3", "build.py"], []))
        printed = record(command, steps)[:MOST]
        (HERE / f"{name}.bin").write_bytes(printed)
        print(f"{name}: {len(printed)} bytes", flush=True)
    shutil.rmtree(HOME, ignore_errors=True)


if __name__ == "__main__":
    main()
