"""asyncssh and paramiko behind the calls of clients.py."""
import asyncio
import threading
import time


class TimedBuffer:
    """What came so far, filled by one thread and waited for by another."""

    def __init__(self):
        self.transcript = bytearray()
        self.changed = threading.Condition()
        self.ended = False

    def add(self, data):
        with self.changed:
            self.transcript += data
            self.ended = self.ended or not data
            self.changed.notify_all()

    def wait(self, text, limit=20.0, start=0):
        wanted = text.encode()
        with self.changed:
            found = self.changed.wait_for(lambda: self.transcript.find(wanted, start) >= 0, limit)
            if not found:
                raise TimeoutError(f"waited in vain for {text!r}; seen: {bytes(self.transcript[-1500:])!r}")
            return self.transcript.find(wanted, start) + len(wanted)

    def wait_for_end(self, limit):
        with self.changed:
            if not self.changed.wait_for(lambda: self.ended, limit):
                raise TimeoutError("waited in vain for the channel's end")


class Paramiko:
    def __init__(self, server, directory):
        import paramiko
        self.client = paramiko.SSHClient()
        self.client.set_missing_host_key_policy(paramiko.AutoAddPolicy())
        self.client.connect(
            server.host, server.port, server.user, key_filename=server.key, allow_agent=False, look_for_keys=False,
            timeout=20, disabled_algorithms=None)

    def attach(self, columns, rows):
        return ParamikoTerminal(self.client.invoke_shell("xterm-256color", columns, rows))

    def run(self, command):
        _, output, _ = self.client.exec_command(command, timeout=20)
        data = output.read()
        return output.channel.recv_exit_status(), data

    def close(self):
        self.client.close()


class ParamikoTerminal(TimedBuffer):
    def __init__(self, channel):
        super().__init__()
        self.channel = channel
        threading.Thread(target=self._read, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.channel.close()

    def _read(self):
        while not self.ended:
            self.add(self.channel.recv(65536))

    def send(self, data):
        self.channel.sendall(data)

    def resize(self, columns, rows):
        self.channel.resize_pty(columns, rows)

    def wait_for_exit(self, limit=20.0):
        self.wait_for_end(limit)
        deadline = time.monotonic() + limit
        if not self.channel.status_event.wait(deadline - time.monotonic()):
            raise TimeoutError("the channel ended without an exit status")
        return self.channel.recv_exit_status()


class AsyncSSH:
    def __init__(self, server, directory):
        import asyncssh
        self.loop = asyncio.new_event_loop()
        threading.Thread(target=self.loop.run_forever, daemon=True).start()
        self.connection = self.wait_for(asyncssh.connect(
            server.host, server.port, username=server.user, client_keys=[server.key], known_hosts=None,
            agent_path=None, config=None))

    def wait_for(self, work, limit=20.0):
        async def awaited():
            return await work
        return asyncio.run_coroutine_threadsafe(awaited(), self.loop).result(limit)

    def attach(self, columns, rows):
        return AsyncSSHTerminal(self, self.wait_for(self.connection.create_process(
            term_type="xterm-256color", term_size=(columns, rows), encoding=None)))

    def run(self, command):
        import asyncssh
        done = self.wait_for(self.connection.run(command, encoding=None, stdin=asyncssh.DEVNULL))
        return done.exit_status, done.stdout

    def close(self):
        self.loop.call_soon_threadsafe(self.connection.abort)


class AsyncSSHTerminal(TimedBuffer):
    def __init__(self, client, process):
        super().__init__()
        self.client = client
        self.process = process
        asyncio.run_coroutine_threadsafe(self._read(), client.loop)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.client.loop.call_soon_threadsafe(self.process.close)

    async def _read(self):
        while not self.ended:
            self.add(await self.process.stdout.read(65536))

    def send(self, data):
        self.client.loop.call_soon_threadsafe(self.process.stdin.write, data)

    def resize(self, columns, rows):
        self.client.loop.call_soon_threadsafe(self.process.change_terminal_size, columns, rows)

    def wait_for_exit(self, limit=20.0):
        self.wait_for_end(limit)
        self.client.wait_for(self.process.wait_closed(), limit)
        return self.process.exit_status
