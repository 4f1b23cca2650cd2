"""A program on a terminal of its own, for driving clients as a person would."""
import fcntl
import os
import pty
import select
import signal
import struct
import termios
import time


class PseudoTerminal:
    """Starts the program with the terminal as its controlling one; ended by its pid when the block is left."""

    def __init__(self, arguments, columns=80, rows=24, environment=None):
        self.transcript = bytearray()
        self.status = None
        self.pid, self.descriptor = pty.fork()
        if self.pid == 0:
            try:
                self._set_size(0, columns, rows)
                os.execvpe(arguments[0], arguments, {**os.environ, "TERM": "xterm-256color", **(environment or {})})
            finally:
                os._exit(127)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.end()

    def fileno(self):
        return self.descriptor

    def send(self, data):
        """Writes all of it, reading meanwhile, so that neither side waits for the other."""
        data = memoryview(data)
        while data:
            readable, writable, _ = select.select([self.descriptor], [self.descriptor], [], 10)
            if readable:
                self.read_now()
            if writable:
                data = data[os.write(self.descriptor, data[:4096]):]

    def resize(self, columns, rows):
        """Gives the terminal another size; the program gets its SIGWINCH."""
        self._set_size(self.descriptor, columns, rows)

    def wait(self, text, limit=20.0, start=0):
        """Waits until the text was printed at or after an offset; returns the offset behind it."""
        deadline = time.monotonic() + limit
        wanted = text if isinstance(text, bytes) else text.encode()
        while True:
            found = self.transcript.find(wanted, start)
            if found >= 0:
                return found + len(wanted)
            self._read_until(deadline, f"{text!r}")

    def wait_for_exit(self, limit=20.0):
        """Waits for the program's end; returns its exit status, or -n for signal n."""
        deadline = time.monotonic() + limit
        try:
            while True:
                self._read_until(deadline, "the program's end")
        except EOFError:
            pass
        while self.status is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.status = os.waitstatus_to_exitcode(status)
            elif time.monotonic() > deadline:
                raise TimeoutError(f"the terminal was closed, but process {self.pid} runs on")
            else:
                time.sleep(0.005)
        return self.status

    def end(self):
        """Ends the program by its pid, if it runs, and closes the terminal."""
        if self.status is None:
            os.kill(self.pid, signal.SIGKILL)
            self.status = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
        if self.descriptor >= 0:
            os.close(self.descriptor)
            self.descriptor = -1

    def read_now(self):
        """Reads what is there; raises EOFError when the programs have closed the terminal."""
        try:
            data = os.read(self.descriptor, 65536)
        except OSError:
            data = b""
        if not data:
            raise EOFError(f"the program ended; seen: {bytes(self.transcript[-1500:])!r}")
        self.transcript += data
        return data

    def _read_until(self, deadline, what):
        readable, _, _ = select.select([self.descriptor], [], [], max(0, deadline - time.monotonic()))
        if not readable:
            raise TimeoutError(f"waited in vain for {what}; seen: {bytes(self.transcript[-1500:])!r}")
        self.read_now()

    @staticmethod
    def _set_size(descriptor, columns, rows):
        fcntl.ioctl(descriptor, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
