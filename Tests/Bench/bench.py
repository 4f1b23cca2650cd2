#!/usr/bin/env python3
"""cmdop beside plain sshd and sshd with tmux: the same stock ssh, the same machine, one run, interleaved.

Then the terminal state and the filter by themselves, beside tmux; the requests of a script, what a viewer that reads
nothing costs others, and environments: files, containers, neighbours.
"""
import argparse
import contextlib
import os
import statistics
import sys
import tempfile
import time

import control
import environments
import measures
import peers
import stalled
import terminal

# What is measured: title, unit, how the samples become one figure, the goal against sshd, against sshd+tmux (spec 13).
# A goal is the largest ratio allowed; draining is a time, so "twice as fast" is 0.5.
ROWS = [
    ("keystroke to echo, p50", "ms", "echo", 0.50, 1.25, 0.8),
    ("keystroke to echo, p99", "ms", "echo", 0.99, 1.25, 0.8),
    ("connect to first screen, p50", "ms", "connect", 0.50, None, 0.5),
    ("draining 30 MB, p50", "s", "drain", 0.50, 1.0, 0.5),
    ("memory per idle attachment", "KiB", "memory", 0.50, None, 0.01),
]


def quantile(samples, fraction):
    """The sample that this part of all samples does not exceed."""
    if fraction == 0.50:
        return statistics.median(samples)
    return sorted(samples)[min(len(samples) - 1, int(len(samples) * fraction))]


def run(chosen, directory, rounds):
    """All samples, by measure and peer; a peer that fails drops out with its reason."""
    samples, failures = {}, {}
    text = os.path.join(directory, "text")
    measures.write_text(text)
    work = [("echo", measures.echo), ("connect", measures.connect), ("drain", lambda peer: measures.drain(peer, text))]
    plan = [step for _ in range(rounds) for step in work] + [("memory", measures.memory)]

    def attempt(peer, action):
        if peer.name not in failures:
            try:
                return action()
            except Exception as error:
                failures[peer.name] = f"{type(error).__name__}: {error}"
        return None

    with contextlib.ExitStack() as keepers:
        for peer in chosen:
            keepers.callback(peer.stop)
            attempt(peer, peer.start)
        for name, measure in plan:
            for peer in chosen:
                if name == "connect" and peer.name != "sshd":
                    attempt(peer, lambda: prepare(peer))
                block = attempt(peer, lambda: measure(peer))
                samples.setdefault((name, peer.name), []).extend(block or [])
    return samples, failures


def prepare(peer):
    """Leaves a known screen for those who connect."""
    with measures.open_shell(peer) as terminal:
        measures.fill_screen(terminal)


def table(samples, names):
    """Prints the figures and ratios; gives the goals that were missed."""
    missed = []
    print(f"{'':30}" + "".join(f"{name:>12}" for name in names) + f"{'x sshd':>16}{'x sshd+tmux':>16}")
    for title, unit, name, fraction, *goals in ROWS:
        figures = {peer: quantile(samples[name, peer], fraction) for peer in names if samples.get((name, peer))}
        line = f"{title + ', ' + unit:30}"
        line += "".join(f"{figures[peer]:12.3g}" if peer in figures else f"{'-':>12}" for peer in names)
        for other, goal in zip(("sshd", "sshd+tmux"), goals):
            cell = "-"
            if "cmdop" in figures and figures.get(other):
                ratio = figures["cmdop"] / figures[other]
                cell = f"{ratio:.3g}"
                if goal is not None:
                    cell += f" (<= {goal:g})"
                    if ratio > goal:
                        cell += "!"
                        missed.append(f"{title}: {ratio:.3g} x {other}, goal {goal:g}")
            line += f"{cell:>16}"
        print(line)
    return missed


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--programs", default=".build/release", help="the directory of cmdopd and cmdop-host")
    parser.add_argument("--rounds", type=int, default=4)
    parser.add_argument("--stalled", type=int, default=10, help="for how many seconds a viewer reads nothing")
    parser.add_argument("--only", help="peers to run, parted by commas")
    arguments = parser.parse_args()
    peers.Cmdop.programs = os.path.abspath(arguments.programs)
    kinds = [kind for kind in peers.PEERS if not arguments.only or kind.name in arguments.only.split(",")]
    begin = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="cmdop-bench-", dir="/tmp") as directory:
        samples, failures = run([kind(directory) for kind in kinds], directory, arguments.rounds)
    with tempfile.TemporaryDirectory(prefix="cmdop-bench-", dir="/tmp") as directory:
        speeds = terminal.run(os.path.join(peers.Cmdop.programs, "TerminalSpeed"), directory, arguments.rounds)
    print(f"{os.cpu_count()} cores, {arguments.rounds} rounds interleaved, terminals of {peers.COLUMNS}x{peers.ROWS}, "
          f"{time.monotonic() - begin:.0f} s. Memory of plain sshd includes each attachment's own shell.")
    missed = table(samples, [kind.name for kind in kinds]) + terminal.table(speeds)
    for goal in missed:
        print(f"goal missed: {goal}")
    for name, reason in failures.items():
        print(f"{name} failed: {reason}")
    with tempfile.TemporaryDirectory(prefix="cmdop-bench-", dir="/tmp") as directory:
        peer = peers.Cmdop(directory)
        try:
            peer.start()
            control.run(peer)
            stalled.run(peer, arguments.stalled)
        finally:
            peer.stop()
    with tempfile.TemporaryDirectory(prefix="cmdop-bench-", dir="/tmp") as directory:
        environments.run(directory)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
