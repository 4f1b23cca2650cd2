#!/usr/bin/env python3
"""The top level holds what design names and nothing else, and no private key is committed."""
import re
import sys

from tree import files, report

TOP = {"Package.swift", "Sources", "Tests", "keys", "config", "README.md", "Makefile", "LICENSE"}
NAMES = re.compile(r"(Utils?|Helpers?|Manager|Impl|Common|Base)$")
SECRET = re.compile(r"^-----BEGIN [A-Z ]*" + "PRIVATE" + r" KEY-----", re.MULTILINE)

problems = []
for path, text in files():
    top = path.split("/")[0]
    if top not in TOP and not top.startswith("."):
        problems.append(f"{path}:1: the top level has no place for {top}")
    stem = path.rsplit("/", 1)[-1].split(".")[0]
    if path.endswith(".swift") and NAMES.search(stem):
        problems.append(f"{path}:1: a file is named for what is in it, not {stem}")
    found = SECRET.search(text)
    if found:
        problems.append(f"{path}:{text.count(chr(10), 0, found.start()) + 1}: a private key")
sys.exit(report("layout", problems))
