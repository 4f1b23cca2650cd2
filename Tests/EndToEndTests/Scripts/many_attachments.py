#!/usr/bin/env python3
"""Many attachments of one session, held by one process.

Prints `attached N` when all are; then waits for a text on each of them and prints `heard N` when all got it. Ends at
the end of its input.
"""
import argparse
import asyncio
import sys

import asyncssh

ATTACHED = b"[cmdop] session"


class Attachment(asyncssh.SSHClientSession):
    """Keeps the last of what it got, and tells when a text it waits for was in it."""

    def __init__(self):
        self.seen = b""
        self.waited_for = ATTACHED
        self.found = asyncio.Event()

    def data_received(self, data, datatype):
        self.seen = (self.seen + data)[-4096:]
        self.look()

    def connection_lost(self, exc):
        self.found.set()

    def look(self):
        if self.waited_for in self.seen:
            self.found.set()

    def wait_for(self, text):
        self.waited_for = text
        self.found = asyncio.Event()
        self.look()
        return self.found.wait()


async def attach(arguments, gate):
    async with gate:
        connection = await asyncssh.connect(
            "127.0.0.1", arguments.port, username=arguments.user, client_keys=[arguments.key], known_hosts=None,
            config=None, agent_path=None)
        _, attachment = await connection.create_session(
            Attachment, term_type="xterm-256color", term_size=(80, 24), encoding=None)
        await attachment.wait_for(ATTACHED)
        return connection, attachment


async def main(arguments):
    gate = asyncio.Semaphore(16)
    held = await asyncio.gather(*(attach(arguments, gate) for _ in range(arguments.count)))
    print(f"attached {sum(ATTACHED in attachment.seen for _, attachment in held)}", flush=True)
    text = arguments.text.encode()
    await asyncio.gather(*(attachment.wait_for(text) for _, attachment in held))
    print(f"heard {sum(text in attachment.seen for _, attachment in held)}", flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    for connection, _ in held:
        connection.abort()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--user", required=True)
    parser.add_argument("--key", required=True)
    parser.add_argument("--count", type=int, required=True)
    parser.add_argument("--text", required=True, help="what each waits for")
    asyncio.run(main(parser.parse_args()))
