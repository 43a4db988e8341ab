"""Let programs on this machine reach ports of a pod, until you press Ctrl-C; a connection that fails harms no other.

python examples/pod_portforward_bind.py POD 8080 [9000:19000 ...]
"""

import argparse
import asyncio
from contextlib import suppress

from kty.errors import KtyError
from kty.kube import Client, infer
from kty.kube.streams.listening import forward


def ports(text: str) -> tuple[int, int]:
    """Read `8080`, for any local port that is free, or `8080:18080`."""
    port, _, local = text.partition(":")
    return int(port), int(local or 0)


def tell(port: int, error: KtyError) -> None:
    print(f"a connection to port {port} failed: {error.sentence()}")


async def main(pod: str, wanted: list[tuple[int, int]]) -> None:
    async with (
        Client(infer()) as client,
        forward(client, client.config.default_namespace, pod, dict(wanted), tell=tell) as opened,
    ):
        for port, (host, local) in opened.addresses.items():
            print(f"{host}:{local} leads to port {port} of {pod}")
        await asyncio.Event().wait()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pod")
    parser.add_argument("wanted", nargs="+", type=ports, metavar="port")
    with suppress(KeyboardInterrupt):
        asyncio.run(main(**vars(parser.parse_args())))
