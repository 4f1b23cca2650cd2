#!/usr/bin/env python3
"""Sends more into a command than it reads, and heeds no window.

Prints `started` when the command runs, then sends, and prints `cut off` when the server ended the connection.
"""
import argparse
import asyncio

import asyncssh


async def main(arguments):
    connection = await asyncssh.connect(
        "127.0.0.1", arguments.port, username=arguments.user, client_keys=[arguments.key], known_hosts=None,
        config=None, agent_path=None)
    process = await connection.create_process(arguments.command, encoding=None)
    await process.stdout.readexactly(len(b"started"))
    print("started", flush=True)
    # What the server granted, overruled: its own accounting is what is tested.
    process.channel._send_window = 1 << 40
    piece = bytes(1 << 20)
    try:
        for _ in range(arguments.megabytes):
            process.channel.write(piece)
            process.channel._send_window = 1 << 40
            while connection._transport and connection._transport.get_write_buffer_size() > 4 << 20:
                await asyncio.sleep(0)
        await connection.wait_closed()
    except (OSError, asyncssh.Error, BrokenPipeError) as error:
        print(type(error).__name__, flush=True)
    print("cut off", flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--user", required=True)
    parser.add_argument("--key", required=True)
    parser.add_argument("--command", required=True)
    parser.add_argument("--megabytes", type=int, required=True)
    asyncio.run(main(parser.parse_args()))
