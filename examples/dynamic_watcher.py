"""Watch objects of a kind that is known by its name only; of each object nothing but the metadata is sent.

python examples/dynamic_watcher.py deploy [-A]
"""

import argparse
import asyncio
from contextlib import suppress

from kty.kube import Added, Api, Bookmark, Client, Deleted, Modified, PartialObject, discover, infer


async def main(kind: str, everywhere: bool) -> None:
    async with Client(infer()) as client:
        resource = (await discover(client)).kind(kind)
        namespace = "" if everywhere else client.config.default_namespace
        objects, version = Api(client, resource, namespace, kind=PartialObject), ""
        while True:  # a watch lasts some minutes: go on from the last version that it told
            async for change in objects.watch(version=version):
                match change:
                    case Bookmark(version):
                        pass
                    case Added(obj) | Modified(obj) | Deleted(obj):
                        version = obj.metadata.resource_version
                        happened = type(change).__name__.lower()
                        print(f"{resource.kind} {obj.metadata.name} {happened} (version {version})")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kind", help="a plural, singular or short name, alone or as name.group")
    parser.add_argument("-A", "--everywhere", action="store_true", help="in all namespaces")
    with suppress(KeyboardInterrupt):
        asyncio.run(main(**vars(parser.parse_args())))
