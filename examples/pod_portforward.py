"""Open a connection to a port of a pod, say something, and print what comes back; nothing listens on this machine.

python examples/pod_portforward.py POD PORT [--say TEXT]
"""

import argparse
import asyncio
from contextlib import suppress

from kty.kube import Client, infer
from kty.kube.streams.lines import Lines
from kty.kube.streams.portforward import connect
from kty.text import decode

HELLO = r"GET / HTTP/1.0\r\n\r\n"


async def main(pod: str, port: int, say: str) -> None:
    async with (
        Client(infer()) as client,
        connect(client, client.config.default_namespace, pod, port) as connection,
    ):
        await connection.write(say.encode().decode("unicode_escape").encode())
        async for line in Lines(connection.read):
            print(decode(line.rstrip(b"\r")))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pod")
    parser.add_argument("port", type=int)
    parser.add_argument("--say", default=HELLO, help=r"may hold escapes such as \n")
    with suppress(KeyboardInterrupt):
        asyncio.run(main(**vars(parser.parse_args())))
