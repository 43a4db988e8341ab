"""Go through pods page by page, and hold no more than one page of them.

python examples/pod_paged.py [--size 50] [-l app=web] [--fields spec.nodeName=node-1]
"""

import argparse
import asyncio
from contextlib import suppress

from kty.kube import Api, Client, PartialObject, Pod, infer


async def main(size: int, labels: str, fields: str) -> None:
    async with Client(infer()) as client:
        pods = Api(client, Pod.resource, client.config.default_namespace, kind=PartialObject)
        async for page in pods.pages(labels=labels, fields=fields, page_size=size):
            print(f"{len(page)} pods: {', '.join([pod.metadata.name for pod in page])}")
            if page.token:  # with a selector the server does not count ahead
                print(f"({page.remaining or 'more'} to come)")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=50, help="pods a page")
    parser.add_argument("-l", "--labels", default="")
    parser.add_argument("--fields", default="")
    with suppress(KeyboardInterrupt):
        asyncio.run(main(**vars(parser.parse_args())))
