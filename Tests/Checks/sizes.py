#!/usr/bin/env python3
"""No file over 400 lines, no line over 120 characters, no function over 40 lines."""
import re
import sys

from tree import files, report

FUNCTION = re.compile(
    r"^( *)(?:@\w+(?:\(.*?\))? )*(?:[a-z]+(?:\([a-z]+\))? )*(?:func\b|init[?(<]|deinit\b|subscript\b)")


def long_functions(path, lines):
    """Functions whose closing brace, at the indentation they begin with, comes more than 40 lines later."""
    for start, line in enumerate(lines):
        match = FUNCTION.match(line)
        if not match or (line.rstrip().endswith("}") and line.count("{") == line.count("}")):
            continue
        end = match.group(1) + "}"
        for length, later in enumerate(lines[start + 1:start + 400], 2):
            if later.startswith(end):
                if length > 40:
                    yield f"{path}:{start + 1}: a function of {length} lines; the limit is 40"
                break
            if later.strip() and len(later) - len(later.lstrip()) < len(match.group(1)):
                break  # a requirement of a protocol: it has no body


problems = []
for path, text in files(".swift", ".py", ".c", ".h", ".sh", under=("Sources/", "Tests/", "Package.swift")):
    lines = text.splitlines()
    if len(lines) > 400:
        problems.append(f"{path}:401: {len(lines)} lines; the limit is 400")
    problems += [
        f"{path}:{number}: {len(line)} characters; the limit is 120"
        for number, line in enumerate(lines, 1) if len(line) > 120
    ]
    if path.endswith(".swift"):
        problems += long_functions(path, lines)
sys.exit(report("sizes", problems))
