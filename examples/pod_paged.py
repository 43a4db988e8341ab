"""Go through all pods page by page, and hold no more than one page of them.

python examples/pod_paged.py [--size 50]
"""

import argparse
import asyncio
from contextlib import suppress

from kty.kube import Api, Client, PartialObject, Pod, infer


async def main(size: int) -> None:
    async with Client(infer()) as client:
        pods = Api(client, Pod.resource, client.config.namespace, kind=PartialObject)
        async for page in pods.pages(page_size=size):
            names = [f"{pod.metadata.namespace}/{pod.metadata.name}" for pod in page]
            print(f"{len(page)} pods, {page.remaining or 0} to come: {', '.join(names)}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=50, help="pods a page")
    with suppress(KeyboardInterrupt):
        asyncio.run(main(**vars(parser.parse_args())))
