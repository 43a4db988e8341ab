"""Tell what happens to the pods of a namespace, for as long as you like.

One watch lasts some minutes at most: it is taken up where it ended, and begun anew where the server has forgotten
that place.

python examples/pod_watcher.py [-l app=web]
"""

import argparse
import asyncio
from contextlib import suppress

from kty.errors import Expired
from kty.kube import Added, Api, Bookmark, Client, Deleted, Modified, Pod, infer


async def watch(pods: Api[Pod], version: str, labels: str) -> str:
    """Tell what happens after this version until the server ends the watch; return the version then."""
    async for change in pods.watch(version=version, labels=labels):
        match change:
            case Bookmark(version):
                pass
            case Added(pod):
                print(f"+ {pod.name}")
                version = pod.metadata.resource_version
            case Modified(pod):
                print(f"  {pod.name} {pod.status.phase if pod.status else ''}")
                version = pod.metadata.resource_version
            case Deleted(pod):
                print(f"- {pod.name}")
                version = pod.metadata.resource_version
    return version


async def main(labels: str) -> None:
    async with Client(infer()) as client:
        pods = Api.of(client, Pod, client.config.default_namespace)
        while True:
            found = await pods.list(labels=labels)
            print(f"{len(found)} pods: {', '.join([pod.name for pod in found])}")
            version = found.version
            with suppress(Expired):
                while True:
                    version = await watch(pods, version, labels)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("-l", "--labels", default="")
    with suppress(KeyboardInterrupt):
        asyncio.run(main(**vars(parser.parse_args())))
