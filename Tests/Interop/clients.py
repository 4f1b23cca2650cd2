"""The clients that others wrote, each behind the same three calls.

attach(columns, rows) gives a terminal with send, wait, resize and wait_for_exit; run(command) gives a command's
exit status and output; the rest is in interop.py, the same for all.
"""
import os
import subprocess

from pseudo_terminal import PseudoTerminal


class Program:
    """A client that is a program: its command line is all that differs."""

    def __init__(self, server, directory):
        self.server = server
        # Clients keep known hosts and settings in the home directory: not in the user's own.
        self.environment = {"HOME": directory}
        self.prepare(directory)

    def attach(self, columns, rows):
        return PseudoTerminal(self.line(["-t"]), columns, rows, self.environment)

    def run(self, command):
        done = subprocess.run(
            self.line(["-T"], command), env={**os.environ, **self.environment}, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, timeout=30, check=False)
        return done.returncode, done.stdout

    def close(self):
        """Nothing is left open between calls."""


class OpenSSH(Program):
    def prepare(self, directory):
        """Takes the key as it is."""

    def line(self, flags, *command):
        server = self.server
        return ["ssh", "-F", "none", *flags, "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null",
                "-o", "IdentitiesOnly=yes", "-o", "IdentityAgent=none", "-o", "LogLevel=ERROR",
                "-i", server.key, "-p", str(server.port), f"{server.user}@{server.host}", *command]


class Dropbear(Program):
    def prepare(self, directory):
        self.key = os.path.join(directory, "id_dropbear")
        subprocess.run(["dropbearconvert", "openssh", "dropbear", self.server.key, self.key],
                       check=True, capture_output=True)

    def line(self, flags, *command):
        server = self.server
        return ["dbclient", *flags, "-y", "-y", "-i", self.key, "-p", str(server.port),
                f"{server.user}@{server.host}", *command]


class PuTTY(Program):
    def prepare(self, directory):
        server = self.server
        self.key = os.path.join(directory, "key.ppk")
        subprocess.run(["puttygen", server.key, "-O", "private", "-o", self.key], check=True, capture_output=True)
        scanned = subprocess.run(["ssh-keyscan", "-p", str(server.port), "-t", "ed25519", server.host],
                                 check=True, capture_output=True).stdout
        shown = subprocess.run(["ssh-keygen", "-l", "-f", "-"], input=scanned, check=True, capture_output=True).stdout
        self.host_key = shown.decode().split()[1]

    def line(self, flags, *command):
        server = self.server
        return ["plink", "-ssh", "-batch", "-noagent", *flags, "-hostkey", self.host_key, "-i", self.key,
                "-P", str(server.port), f"{server.user}@{server.host}", *command]
