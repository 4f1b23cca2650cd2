#!/usr/bin/env bash
# Every Swift file is as `swift format` would write it, and breaks none of the rules in .swift-format.
set -euo pipefail
swift format lint --strict --parallel --recursive Sources Tests Package.swift || {
    echo "format: make fmt mends most of this"
    exit 1
}
echo "ok format"
