"""COUNT connections at once through one SSH connection, and a command beside them; prints what came of both."""
import argparse
import asyncio
import threading

parser = argparse.ArgumentParser()
for name in ["--port", "--user", "--key", "--to", "--count", "--library"]:
    parser.add_argument(name, required=True)
options = parser.parse_args()
COUNT, TO = int(options.count), int(options.to)
PAYLOAD = bytes(range(256)) * 256


async def with_asyncssh():
    import asyncssh
    async with asyncssh.connect(
            "127.0.0.1", int(options.port), username=options.user, client_keys=[options.key], known_hosts=None,
            config=None, agent_path=None) as connection:
        async def one():
            reader, writer = await connection.open_connection("127.0.0.1", TO)
            writer.write(PAYLOAD)
            writer.write_eof()
            return await reader.read() == PAYLOAD

        command = connection.run("echo beside")
        *good, beside = await asyncio.gather(*[one() for _ in range(COUNT)], command)
        return sum(good), beside.stdout


def with_paramiko():
    import paramiko
    client = paramiko.SSHClient()
    client.set_missing_host_key_policy(paramiko.AutoAddPolicy())
    client.connect(
        "127.0.0.1", int(options.port), options.user, key_filename=options.key, allow_agent=False,
        look_for_keys=False, timeout=20)
    good = []

    def one():
        channel = client.get_transport().open_channel("direct-tcpip", ("127.0.0.1", TO), ("127.0.0.1", 1))
        channel.sendall(PAYLOAD)
        channel.shutdown_write()
        data = b""
        while piece := channel.recv(65536):
            data += piece
        good.append(data == PAYLOAD)
        channel.close()

    threads = [threading.Thread(target=one) for _ in range(COUNT)]
    for thread in threads:
        thread.start()
    _, output, _ = client.exec_command("echo beside", timeout=20)
    beside = output.read().decode()
    for thread in threads:
        thread.join()
    client.close()
    return sum(good), beside


good, beside = asyncio.run(with_asyncssh()) if options.library == "asyncssh" else with_paramiko()
print(f"{good} good, {beside}", end="")
