#!/usr/bin/env python3
"""A plain sshd on a port of the loopback that the kernel chose: `sshd -i` for each connection.

Prints `listening on PORT`. Ends at the end of its input, and its connections with it.
"""
import argparse
import os
import select
import socket
import subprocess
import sys


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--config", required=True)
    arguments = parser.parse_args()
    if os.geteuid() == 0:
        os.makedirs("/run/sshd", mode=0o755, exist_ok=True)  # where sshd shuts its unprivileged half in
    listener = socket.create_server(("127.0.0.1", 0))
    print(f"listening on {listener.getsockname()[1]}", flush=True)
    servers = []
    try:
        while True:
            ready, _, _ = select.select([listener, sys.stdin], [], [])
            if sys.stdin in ready:
                break
            client, _ = listener.accept()
            with client:
                servers.append(subprocess.Popen(
                    ["/usr/sbin/sshd", "-i", "-e", "-f", arguments.config], stdin=client, stdout=client))
    finally:
        for server in servers:
            server.terminate()
            server.wait()


if __name__ == "__main__":
    main()
