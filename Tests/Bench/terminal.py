#!/usr/bin/env python3
"""cmdop's terminal state and filter beside tmux, on the same texts. As a program: what runs in tmux's pane.

All times are the processor's, so that what else runs on the machine counts for nobody.
"""
import os
import statistics
import subprocess
import sys
import tty

import measures
import peers

SIZE = 16_000_000
# The least throughput of the terminal state, in MB/s of text that scrolls by.
GOALS = {"plain": 50, "coloured": 50, "wide": None, "cursor": None}


def plain(number):
    return measures.DRAINED_LINE.replace("\n", "\r\n") % number


def coloured(number):
    """What a compiler says."""
    bold, magenta, plain_again = "\x1b[01m\x1b[K", "\x1b[01;35m\x1b[K", "\x1b[m\x1b[K"
    return (f"{bold}source/part{number % 90}.c:{number % 977}:7:{plain_again} {magenta}warning: {plain_again}"
            f"unused variable '{bold}count{number}{plain_again}' [{magenta}-Wunused-variable{plain_again}]\r\n"
            f"  {number % 977} |   int {magenta}count{number}{plain_again} = \x1b[38;5;{number % 256}m{number};"
            "\x1b[0m\r\n")


def wide(number):
    """CJK, with some ASCII and punctuation."""
    return f"{number}: 敏捷的棕色狐狸跳过了懒狗，それから{number % 977}回もう一度。빠른 갈색 여우가 게으른 개를 뛰어넘는다 漢字仮名交じり文\r\n"


def cursor(number):
    """A full-screen program that draws here and there."""
    row, column = number * 7 % 50 + 1, number * 13 % 180 + 1
    return (f"\x1b[{row};{column}H\x1b[3{number % 8}m{number % 1000:4}\x1b[39m\x1b[K\x1b[{row % 50 + 1}d"
            f"\x1b[7m{number % 100:2}%\x1b[27m\x1b[{column}G\x1b[A\x1b[1m*\x1b[0m")


TEXTS = [("plain", plain), ("coloured", coloured), ("wide", wide), ("cursor", cursor)]


def write_texts(directory):
    """One file for each text; gives their paths by name."""
    paths = {}
    for name, line in TEXTS:
        paths[name] = os.path.join(directory, name)
        block = "".join(line(number) for number in range(40_000)).encode()
        with open(paths[name], "wb") as file:
            for _ in range(max(1, SIZE // len(block))):
                file.write(block)
    return paths


def cmdop_seconds(program, path):
    """Seconds by way: bare, state, filter, copy."""
    with open(path, "rb") as text:
        lines = subprocess.run([program], stdin=text, check=True, capture_output=True, text=True).stdout.splitlines()
    return {name: float(seconds) for name, seconds in map(str.split, lines)}


def tmux_seconds(directory, path):
    """Seconds that tmux, which nobody watches, needs until it answers a question after the text."""
    socket, config, result = (os.path.join(directory, name) for name in ("socket", "config", "result"))
    with open(config, "w", encoding="ascii") as file:
        file.write("set -g history-limit 10000\n")
    environment = {key: value for key, value in os.environ.items() if not key.startswith("TMUX")}

    def tmux(*arguments):
        return subprocess.run(["tmux", "-S", socket, *arguments], env=environment, check=True, timeout=10,
                              capture_output=True, text=True).stdout.strip()

    tmux("-f", config, "new-session", "-d", "-x", str(peers.COLUMNS), "-y", str(peers.ROWS),
         sys.executable, os.path.abspath(__file__), path, result)
    try:
        server = int(tmux("display-message", "-p", "#{pid}"))
        peers.wait_until(lambda: os.path.exists(result), "tmux has read the text", 120)
        with open(f"/proc/{server}/schedstat", encoding="ascii") as file:
            return int(file.read().split()[0]) / 1e9
    finally:
        tmux("kill-server")
        os.remove(result)


def pane(path, result):
    """Prints the text, asks where the cursor is, notes that there was an answer, and waits to be ended."""
    with open(path, "rb") as file:
        rest = memoryview(file.read())
    tty.setraw(0)
    while rest:
        rest = rest[os.write(1, rest[:65_536]):]
    os.write(1, b"\x1b[6n")
    answer = b""
    while not answer.endswith(b"R"):
        answer += os.read(0, 64)
    open(result, "xb").close()
    os.read(0, 1)


def run(program, directory, rounds):
    """Throughput in MB/s by text and way, the median of interleaved rounds."""
    paths = write_texts(directory)
    samples = {}
    for _ in range(rounds):
        for name, path in paths.items():
            seconds = {**cmdop_seconds(program, path), "tmux": tmux_seconds(directory, path)}
            for way, value in seconds.items():
                samples.setdefault((name, way), []).append(os.path.getsize(path) / value / 1e6)
    return {key: statistics.median(values) for key, values in samples.items()}


def table(figures):
    """Prints throughput and ratios; gives the goals that were missed."""
    missed = []
    columns = ["bare", "state", "tmux", "filter", "copy"]
    head = "".join(f"{name:>12}" for name in columns)
    print(f"{'terminal, MB/s':30}{head}{'x tmux':>22}{'filter x copy':>16}")
    for name, _ in TEXTS:
        state, goal = figures[name, "state"], GOALS[name]
        line = f"{name:30}" + "".join(f"{figures[name, way]:12.4g}" for way in columns)
        ratio = f"{state / figures[name, 'tmux']:.3g}"
        if goal is not None:
            ratio += f" (>= {goal} MB/s)" + ("!" if state < goal else "")
            if state < goal:
                missed.append(f"terminal state, {name}: {state:.3g} MB/s, goal {goal}")
        print(line + f"{ratio:>22}{figures[name, 'filter'] / figures[name, 'copy']:>16.3g}")
    return missed


if __name__ == "__main__":
    pane(*sys.argv[1:])
