#!/usr/bin/env python3
"""The package's targets keep to their layers, and their sources import what they declare.

Imports point down: a target depends on layers below its own, or on targets of its own layer that Package.swift lists
before it.
"""
import json
import os
import re
import subprocess
import sys

from tree import files, report

LAYERS = {
    0: ["CSSH", "CVTerm", "CLinux"],
    1: ["SessionModel", "ScreenModel", "Wire", "JSONText", "Observability"],
    2: ["Platform", "Terminal", "Journal", "Environment", "SSHTransport"],
    3: ["SessionHost", "HostClient", "Control", "LocalClient", "Preparation", "Inside", "Gateway"],
    4: ["cmdopd", "cmdop-host", "cmdop-inside", "cmdop-prepare", "cmdop"],
}
LAYER = {name: layer for layer, names in LAYERS.items() for name in names}

# Products of other packages, and what their modules are called in sources.
PRODUCTS_OF_PURE = {"Observability": {"Logging", "Metrics"}}
PRODUCTS_OF_HOST = {"SystemPackage", "Collections", "DequeModule"}
# Modules of the toolchain. Pure targets use none of them.
TOOLCHAIN = {"Glibc", "Synchronization", "Foundation", "Dispatch"}
NO_FOUNDATION = {"Foundation", "Dispatch", "FoundationEssentials"}

IMPORT = re.compile(r"^(?:@\w+\s+)*(?:(?:private|fileprivate|internal|package|public)\s+)?import\s+"
                    r"(?:(?:struct|class|enum|protocol|typealias|func|let|var)\s+)?(\w+)", re.MULTILINE)


def declared():
    """Each target's dependencies, in the order of Package.swift: (targets, products)."""
    environment = {**os.environ, "CMDOP_FUZZ": "1", "CMDOP_BENCH": "1"}
    dumped = subprocess.run(
        ["swift", "package", "dump-package"], env=environment, check=True, capture_output=True, text=True).stdout
    package = json.loads(dumped)
    names = [target["name"] for target in package["targets"]]
    result = {}
    for target in package["targets"]:
        near, far = set(), set()
        for dependency in target["dependencies"]:
            name = (dependency.get("byName") or dependency.get("target") or dependency.get("product"))[0]
            (near if name in names else far).add(name)
        # A program under Tests is no room of the house: it may use what tests may.
        in_tests = (target.get("path") or "").startswith("Tests/")
        result[target["name"]] = ("test" if in_tests else target["type"], near, far)
    return result


def closure(name, targets):
    """The target and everything below it."""
    found, open_names = set(), [name]
    while open_names:
        at = open_names.pop()
        if at not in found:
            found.add(at)
            open_names += targets[at][1]
    return found


def structure_problems(targets):
    order = list(targets)
    houses = [name for name, (kind, _, _) in targets.items() if kind != "test"]
    for name in houses:
        if name not in LAYER:
            yield f"target {name} has no layer: give it one in LAYERS"
            continue
        _, near, far = targets[name]
        for other in near:
            if LAYER.get(other, 99) > LAYER[name]:
                yield f"{name} imports {other}, which is a layer above it"
            elif LAYER.get(other) == LAYER[name] and order.index(other) > order.index(name):
                yield f"{name} imports {other}, which Package.swift lists after it"
            elif LAYER[name] == 1 and LAYER[other] != 1:
                yield f"{name} is pure and imports {other}"
        if LAYER[name] == 1 and far - PRODUCTS_OF_PURE.get(name, set()):
            yield f"{name} is pure and imports {', '.join(sorted(far))}"
    for c_target in LAYERS[0]:
        users = [name for name in houses if c_target in targets[name][1]]
        if len(users) != 1:
            yield f"{c_target} is imported by {users}; it must be exactly one"
    for one, other in [("Gateway", "SessionHost"), ("SessionHost", "Gateway")]:
        if other in closure(one, targets):
            yield f"{one} reaches {other}; they meet in Wire"
    for name in sorted(closure("cmdop-host", targets)):
        if targets[name][2] - PRODUCTS_OF_HOST:
            yield f"{name} is in cmdop-host and imports {', '.join(sorted(targets[name][2] - PRODUCTS_OF_HOST))}"
        if name == "CSSH":
            yield "CSSH is in cmdop-host"


def import_problems(targets):
    in_host = closure("cmdop-host", targets)
    for path, text in files(".swift", under=("Sources/", "Tests/")):
        folders = path.split("/")
        name = folders[2] if folders[1] == "Bench" else folders[1]
        if name not in targets:
            yield f"{path}:1: no target is called {name}"
            continue
        kind, near, far = targets[name]
        allowed = {other.replace("-", "_") for other in near | far} | ({"Testing"} if kind == "test" else set())
        if LAYER.get(name) != 1:
            allowed |= TOOLCHAIN
        if name in in_host:
            allowed -= NO_FOUNDATION
        for found in IMPORT.finditer(text):
            if found.group(1) not in allowed:
                line = text.count("\n", 0, found.start(1)) + 1
                yield f"{path}:{line}: {name} may not import {found.group(1)}"


targets = declared()
sys.exit(report("layers", [*structure_problems(targets), *import_problems(targets)]))
