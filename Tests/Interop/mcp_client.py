#!/usr/bin/env python3
"""The official MCP client library over `ssh -s NAME@host cmdop-mcp`: what an agent does, beside a person.

Prints `ok MODE STEP` for each step, and ends with 0 when all were.
"""
import argparse
import sys

import anyio
from mcp.client.client import Client
from mcp.client.stdio import StdioServerParameters, stdio_client
from mcp.shared.exceptions import MCPError

import clients
from pseudo_terminal import PseudoTerminal

# The library's modes, and the revision that each must come to. A revision is a mode, too: then nothing is negotiated.
MODES = {"auto": "2026-07-28", "legacy": "2025-11-25", "2026-07-28": "2026-07-28"}
LIMIT = 20.0


def expect(condition, *seen):
    if not condition:
        raise AssertionError(f"not as expected: {seen!r}")


def line(options, key, *words):
    """The line that `ssh` is called with; the one in an agent's configuration has no options."""
    server = argparse.Namespace(host=options.host, port=options.port, user=options.user, key=key)
    return clients.OpenSSH(server, None).line([], *words)


class Agent:
    """The library's client, with what is asked and answered in few words."""

    def __init__(self, client, session):
        self.client = client
        self.uri = f"cmdop://session/{session}/screen"

    async def call(self, tool, **arguments):
        result = await self.client.call_tool(tool, arguments)
        expect(not result.is_error, tool, arguments, result.content)
        return result

    async def get(self, tool, **arguments):
        return (await self.call(tool, **arguments)).structured_content

    async def refused(self, codes, tool, **arguments):
        result = await self.client.call_tool(tool, arguments)
        text = result.content[0].text
        expect(result.is_error and result.structured_content is None, tool, arguments, result)
        expect(text.partition(": ")[0] in codes.split(), codes, text)

    async def rejected(self, number, work):
        try:
            result = await work
        except MCPError as error:
            expect(error.code == number, number, error)
        else:
            raise AssertionError(f"answered instead of rejected: {result!r}")


async def steps(agent, mode, person):
    """Takes the steps; yields the name of each when it was taken."""
    client = agent.client
    expect(client.protocol_version == MODES[mode], client.protocol_version)
    if mode != "2026-07-28":
        expect(client.server_info.name == "cmdop", client.server_info)
        capabilities = client.server_capabilities
        expect(capabilities.tools is not None and capabilities.resources is not None, capabilities)
        expect(capabilities.prompts is None and capabilities.logging is None, capabilities)
    yield "connect"

    tools = {tool.name: tool for tool in (await client.list_tools()).tools}
    expect({"command_run", "screen_get", "turn_acquire"} <= set(tools), sorted(tools))
    expect(tools["screen_get"].annotations.read_only_hint and tools["session_end"].annotations.destructive_hint)
    expect(all(tool.output_schema and tool.input_schema for tool in tools.values()))
    yield "tools"

    expect((await agent.get("whoami"))["kind"] == "agent")
    prompt = await agent.get("screen_wait", prompt=True, within=LIMIT)
    expect(prompt["matched"] and prompt["shell"]["known"] == "exact", prompt["shell"])
    yield "prompt"

    done = await agent.call("command_run", command=f"echo one-$((40 + 2))-{mode}; (exit 7)", within=LIMIT)
    answer = done.structured_content
    expect(answer["exitStatus"] == 7 and answer["output"] == f"one-42-{mode}\n", answer)
    expect(done.content[0].text == f"one-42-{mode}\n[exit status 7]", done.content)
    yield "command"

    running = await agent.call("command_run", command="cat; (exit 3)", within=2)
    expect(running.structured_content["running"] and "command_wait" in running.content[0].text, running)
    typed = len(person.transcript)
    person.send(b"typed by a person\r\x04")
    steering = person.wait(": alice steers", LIMIT, typed)
    ended = await agent.get("command_wait", number=running.structured_content["command"], within=LIMIT)
    expect(ended["exitStatus"] == 3 and "typed by a person" in ended["output"], ended)
    yield "wait"

    shown = await agent.get("screen_wait", text=f"one-42-{mode}", within=LIMIT)
    expect(shown["matched"], shown)
    expect(any(f"one-42-{mode}" in row for row in (await agent.get("screen_get"))["lines"]))
    expect(agent.uri in [resource.uri for resource in (await client.list_resources()).resources])
    templates = (await client.list_resource_templates()).resource_templates
    expect([template.uri_template for template in templates] == ["cmdop://session/{session}/screen"], templates)
    screen = (await client.read_resource(agent.uri)).contents[0]
    expect(screen.mime_type == "text/plain" and f"one-42-{mode}\n" in screen.text, screen)
    yield "screen"

    # The person typed last: the turn is the person's until it is let go of.
    await agent.refused("turn-held", "turn_acquire", within=0)
    # For a while after typing, nobody knows that the line is empty.
    await agent.refused("turn-held condition-failed", "command_run", command="echo no", within=0.2)
    await agent.refused("turn-held", "input_send", text="no")
    yield "refused"

    # Whoever gives up waiting does not get the turn when it is free.
    with anyio.move_on_after(0.3):
        await agent.call("turn_acquire", within=LIMIT)
        raise AssertionError("the turn was acquired while a person held it")
    # What is answered now was asked behind the cancelling.
    turn = await agent.get("turn_get")
    expect(turn["holder"] == "alice" and turn["kind"] == "person", turn)
    person.send(b"\x1dx")
    person.wait(": nobody steers", LIMIT, steering)
    turn = await agent.get("turn_get")
    expect(turn["holder"] is None, turn)
    yield "cancel"

    held = await agent.get("turn_acquire", lease=60, within=LIMIT)
    expect(held["holder"] == "robot" and held["kind"] == "agent", held)
    expect((await agent.get("turn_get"))["attachment"] == held["attachment"])
    expect((await agent.get("turn_release"))["holder"] is None)
    yield "turn"

    await agent.refused("not-allowed", "session_end")
    await agent.refused("invalid-params", "screen_wait")
    await agent.refused("no-such-session", "screen_get", session="No/Name")
    await agent.refused("not-running", "screen_get", session="other")
    await agent.rejected(-32602, client.call_tool("dance", {}))
    await agent.rejected(-32602, client.read_resource("cmdop://session/deploy"))
    await agent.rejected(-32003, client.read_resource("cmdop://session/other/screen"))
    yield "errors"


async def talk(options):
    with PseudoTerminal(line(options, options.person_key)) as person:
        person.wait("[cmdop] session ")
        server = line(options, options.key, "cmdop-mcp")
        parameters = StdioServerParameters(command=server[0], args=["-s", *server[1:]])
        async with Client(stdio_client(parameters), mode=options.mode) as client:
            async for step in steps(Agent(client, options.user), options.mode, person):
                print(f"ok {options.mode} {step}", flush=True)
                options.step = step


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("mode", choices=MODES)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--user", required=True, help="the session's name")
    parser.add_argument("--key", required=True, help="the agent's private key file")
    parser.add_argument("--person-key", required=True, help="a person's")
    options = parser.parse_args()
    options.step = "start"
    try:
        anyio.run(talk, options)
    except BaseException as error:
        while isinstance(error, BaseExceptionGroup):
            error = error.exceptions[0]
        print(f"not ok {options.mode} after {options.step}: {type(error).__name__}: {error}", flush=True)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
