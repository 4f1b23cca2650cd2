#!/usr/bin/env bash
# The first promise: `make serve`, and then the line that it prints, work at once. In a home without a key, on a port
# that is free, with keys and state of its own; what is built is the checkout's own release build.
set -euo pipefail
cd "$(dirname "$0")/../.."

home=$(mktemp -d)
server=""
finish() {
    set +e
    [ -n "$server" ] && kill "$server" 2>/dev/null && wait "$server" 2>/dev/null
    for file in "$home"/.state/sessions/*/pid; do [ -e "$file" ] && kill "$(cat "$file")" 2>/dev/null; done
    rm -rf "$home"
}
trap finish EXIT
mkdir "$home/config"
cp config/cmdop.yaml "$home/config"
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')

HOME=$home SSH_AUTH_SOCK="" make serve CONFIG="$home/config/cmdop.yaml" KEYS="$home/keys" CLIENT="$home/.state/client" \
    LISTEN="127.0.0.1:$port" >"$home/out" 2>&1 </dev/null &
server=$!
until grep -q "listening on 127.0.0.1:$port" "$home/out"; do
    kill -0 "$server" 2>/dev/null || { cat "$home/out"; echo "make serve ended"; exit 1; }
    sleep 0.2
done
line=$(sed -n 's/^From another terminal: *//p' "$home/out")
answer=$($line -F none -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR \
    'echo "from session $CMDOP_SESSION"' </dev/null)
[ "$answer" = "from session demo" ] || { echo "make serve: '$line' said: $answer"; cat "$home/out"; exit 1; }
echo "ok serve"
