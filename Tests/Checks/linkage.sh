#!/usr/bin/env bash
# Everything compiles with its declared imports alone, and cmdop-host links neither libssh, nor a crypto library,
# nor Foundation.
set -euo pipefail
built=$(mktemp)
trap 'rm -f "$built"' EXIT
if ! swift build --explicit-target-dependency-import-check error >"$built" 2>&1; then
    grep -E 'error' "$built" | sort -u || cat "$built"
    echo "linkage: the programs do not build"
    exit 1
fi
host="$(swift build --show-bin-path)/cmdop-host"
needed=$(readelf -d "$host" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p')
if grep -E 'libssh|libcrypto|libssl|Foundation' <<<"$needed"; then
    echo "linkage: cmdop-host must not need these libraries"
    exit 1
fi
# $s10Foundation and $s20FoundationEssentials begin the mangled names of what those modules define.
symbols=$(nm "$host" | sed -n 's/.* \(\$s\(10Foundation\|20FoundationEssentials\).*\)/\1/p' | awk 'NR <= 5')
if [ -n "$symbols" ]; then
    printf '%s\n' "$symbols"
    echo "linkage: cmdop-host has symbols of Foundation"
    exit 1
fi
echo "ok linkage"
