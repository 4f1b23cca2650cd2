#!/usr/bin/env python3
"""Runs a command, sends it a signal as SSH has it (RFC 4254 section 6.9) once it says `ready`, prints what it said."""
import argparse
import asyncio

import asyncssh


async def main(arguments):
    async with asyncssh.connect(
            "127.0.0.1", arguments.port, username=arguments.user, client_keys=[arguments.key], known_hosts=None,
            config=None, agent_path=None) as connection:
        process = await connection.create_process(arguments.command)
        said = await process.stdout.readuntil("ready\n")
        process.send_signal(arguments.signal)
        said += await process.stdout.read()
        await process.wait_closed()
        print(f"{said}status {process.returncode}", flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--user", required=True)
    parser.add_argument("--key", required=True)
    parser.add_argument("--command", required=True)
    parser.add_argument("--signal", required=True, help="its name without SIG")
    asyncio.run(main(parser.parse_args()))
