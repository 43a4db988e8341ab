"""Speak HTTP with a pod over the stream itself: no local port is open that somebody else could use.

python examples/pod_portforward_http.py POD PORT [--path /]
"""

import argparse
import asyncio
import http.client
import io
from contextlib import suppress

from kty.kube import Client, infer
from kty.kube.streams.portforward import connect
from kty.text import decode


class Received(io.BytesIO):
    """What http.client reads an answer from: bytes that are here already."""

    def makefile(self, _: str) -> "Received":
        return self


async def get(client: Client, pod: str, port: int, path: str) -> http.client.HTTPResponse:
    head = f"GET {path} HTTP/1.1\r\nHost: {pod}\r\nConnection: close\r\n\r\n"
    async with connect(client, client.config.default_namespace, pod, port) as connection:
        await connection.write(head.encode())
        answer = http.client.HTTPResponse(Received(b"".join([chunk async for chunk in connection])))  # type: ignore[arg-type]
    answer.begin()
    return answer


async def main(pod: str, port: int, path: str) -> None:
    async with Client(infer()) as client:
        answer = await get(client, pod, port, path)
        print(f"{answer.status} {answer.reason}, {answer.headers.get('Content-Type')}")
        for line in answer.read().splitlines():
            print(decode(line))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pod")
    parser.add_argument("port", type=int)
    parser.add_argument("--path", default="/")
    with suppress(KeyboardInterrupt):
        asyncio.run(main(**vars(parser.parse_args())))
