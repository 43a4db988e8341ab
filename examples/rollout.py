"""Restart a deployment, or take it back to what it was before, and follow the rollout to its end.

python examples/rollout.py NAME [--undo]
"""

import argparse
import asyncio
import sys
from contextlib import suppress

from kty.errors import Unfinished
from kty.kube import Client, Deployment, infer
from kty.kube.rollouts import follow, restart, undo


async def main(name: str, back: bool) -> None:
    async with Client(infer()) as client:
        namespace = client.config.default_namespace
        try:
            await (undo if back else restart)(client, Deployment, namespace, name)
            async for rollout in follow(client, Deployment, namespace, name):
                print(f"{name}: {rollout.message}")
        except Unfinished as error:
            sys.exit(error.sentence())


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name")
    parser.add_argument("--undo", dest="back", action="store_true")
    with suppress(KeyboardInterrupt):
        asyncio.run(main(**vars(parser.parse_args())))
