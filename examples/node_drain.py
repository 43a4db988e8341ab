"""Take a node out of service: let no more pods in, and ask those that are there to leave; or put it back.

python examples/node_drain.py NODE [--force] [--timeout 60]
python examples/node_drain.py NODE --uncordon
"""

import argparse
import asyncio
import sys
from contextlib import suppress

from kty.errors import Unfinished
from kty.kube import Client, infer
from kty.kube.nodes import Blocked, Cordoned, Evicted, Left, Skipped, Waiting, drain, uncordon
from kty.text import printable


async def empty(client: Client, node: str, force: bool, timeout: float) -> None:
    async for step in drain(client, node, ignore_daemonsets=True, force=force, timeout=timeout):
        match step:
            case Cordoned():
                print(f"{node} takes no more pods")
            case Skipped(pod, why):
                print(f"{pod.name} stays: {why}")
            case Evicted(pod):
                print(f"{pod.name} was asked to leave")
            case Blocked(pod, why, retry_in):
                print(f"{pod.name} is asked again in {retry_in:g} s: {printable(why)}")
            case Waiting(pods):
                print(f"waiting for {', '.join([pod.name for pod in pods])}")
            case Left(pod):
                print(f"{pod.name} is gone")


async def main(node: str, force: bool, timeout: float, back: bool) -> None:
    async with Client(infer()) as client:
        if back:
            await uncordon(client, node)
            print(f"{node} takes pods again")
            return
        try:
            await empty(client, node, force, timeout)
            print(f"{node} is drained")
        except Unfinished as error:
            sys.exit("\n".join([error.sentence(), *error.left]))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("node")
    parser.add_argument("--force", action="store_true", help="evict pods too that nothing will make anew")
    parser.add_argument("--timeout", type=float, help="seconds")
    parser.add_argument("--uncordon", dest="back", action="store_true")
    with suppress(KeyboardInterrupt):
        asyncio.run(main(**vars(parser.parse_args())))
