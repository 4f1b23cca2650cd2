#!/usr/bin/env python3
"""What the house does not use, outside a short list of places that each have a reason."""
import re
import sys

from tree import files, report

SWIFT = ("Sources/", "Tests/", "Package.swift")

# What is looked for, in which kind of file, where, and what to do instead. Comments are looked at only where said.
RULES = [
    (r"@unchecked\b", ".swift", SWIFT, "let the compiler see that it is Sendable"),
    (r"nonisolated\(unsafe\)", ".swift", SWIFT, "give the value an owner"),
    (r"\btry!", ".swift", SWIFT, "throw, or handle it"),
    (r"\bas!", ".swift", SWIFT, "use as? and say what otherwise"),
    (r"\bfatalError\(", ".swift", SWIFT, "preconditionFailure with a sentence"),
    (r"\bpreconditionFailure\(\)", ".swift", SWIFT, "say in a sentence what went wrong"),
    (r"^\s*(@\w+(\(.*\))? )*(public|open) ", ".swift", SWIFT, "between targets it is package"),
    (r"\b(Task\.sleep|usleep\(|Thread\.sleep|nanosleep\(|[^.\w]sleep\()", ".swift", ("Tests/",), "wait for the thing"),
    (r"\b(TODO|FIXME|XXX)\b", "", ("",), "do it, or open an issue"),
    (r"\b(pkill|killall)\b", "", ("",), "end a process by its pid"),
]

# (path, what is found there): the reason.
ALLOWED = {
    ("Sources/Platform/EventLoop.swift", "@unchecked"): "checks the thread itself",
    ("Sources/Platform/LoopBound.swift", "@unchecked"): "checks the loop's thread on every look",
    ("Tests/TestKit/Eventually.swift", "Task.sleep"): "the one place that waits for things",
}
ITSELF = "Tests/Checks/forbidden.py"


def code_of(line):
    """The line without its comment; a // inside a string is kept, as in a URL."""
    return re.sub(r"(^|\s)//.*", "", line)


problems = []
used = set()
for path, text in files():
    if path == ITSELF:
        continue
    for pattern, suffix, under, advice in RULES:
        if not (path.endswith(suffix) and path.startswith(tuple(under))):
            continue
        for number, line in enumerate(text.splitlines(), 1):
            found = re.search(pattern, code_of(line) if suffix == ".swift" else line)
            if not found:
                continue
            place = (path, found.group(0).strip())
            if place in ALLOWED:
                used.add(place)
            else:
                problems.append(f"{path}:{number}: {found.group(0).strip()}: {advice}")
problems += [f"{ITSELF}:1: {path} has no {what} any more" for path, what in ALLOWED.keys() - used]
sys.exit(report("forbidden", problems))
