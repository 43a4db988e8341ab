"""Count the objects of every kind in a namespace, whatever kinds there are; all kinds are asked for at once.

python examples/dynamic_api.py
"""

import asyncio
from contextlib import suppress

from kty.errors import ClusterError
from kty.kube import Api, Client, PartialObject, Resource, discover, infer


async def count(client: Client, resource: Resource) -> str:
    objects = Api(client, resource, client.config.default_namespace, kind=PartialObject)
    try:
        return f"{resource.id}: {len(await objects.list())}"
    except ClusterError as error:
        return f"{resource.id}: {error.sentence()}"


async def main() -> None:
    async with Client(infer()) as client:
        found = await discover(client)
        for part, fault in found.faults.items():
            print(f"{part} is left out: {fault}")
        listed = [each for each in found.resources if each.namespaced and "list" in each.verbs]
        for line in await asyncio.gather(*[count(client, resource) for resource in listed]):
            print(line)


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        asyncio.run(main())
