"""Tell which kinds the server has, under which names, and in which versions; or all that is known of one of them.

python examples/discovery.py [KIND]
"""

import argparse
import asyncio
from contextlib import suppress

from kty.kube import Client, discover, infer, server_version


async def main(kind: str) -> None:
    async with Client(infer()) as client:
        version, found = await asyncio.gather(server_version(client), discover(client))
    if kind:
        resource = found.kind(kind)
        print(f"{resource.kind} ({resource.api_version}), {'namespaced' if resource.namespaced else 'cluster-wide'}")
        print(f"names: {', '.join([resource.plural, resource.singular, *resource.short_names])}")
        print(f"verbs: {', '.join(sorted(resource.verbs))}")
        print(f"versions of its group: {', '.join(found.versions(resource.group))}")
        return
    print(f"{version} has {len(found.resources)} kinds")
    print(f"`all` means {', '.join([each.plural for each in found.in_category('all')])}")
    for each in found.resources:
        print(f"{each.id:<60}{each.api_version:<32}{each.kind}")
    for part, fault in found.faults.items():
        print(f"{part} could not be read: {fault}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kind", nargs="?", default="")
    with suppress(KeyboardInterrupt):
        asyncio.run(main(**vars(parser.parse_args())))
