#!/usr/bin/env python3
"""Connects to a local socket and closes, again and again; with --hold, connects and stays.

Prints `flooding` when it has begun. Ends at the end of its input, and prints how often it connected.
"""
import argparse
import select
import socket
import sys


def main(arguments):
    count, held = 0, []
    while not select.select([sys.stdin], [], [], 0)[0]:
        client = socket.socket(socket.AF_UNIX)
        try:
            client.connect(arguments.path)
            if arguments.say:
                client.sendall(arguments.say.encode() + b"\n")
        except OSError:
            client.close()
            continue
        count += 1
        if count == 100:
            print("flooding", flush=True)
        if arguments.hold:
            held.append(client)
            if len(held) > 2000:
                held.pop(0).close()
        else:
            client.close()
    print(count, flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--path", required=True)
    parser.add_argument("--say", default="")
    parser.add_argument("--hold", action="store_true")
    main(parser.parse_args())
