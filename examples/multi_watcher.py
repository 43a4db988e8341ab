"""Watch several kinds at once, and tell what happens to them in one stream.

python examples/multi_watcher.py
"""

import asyncio
from contextlib import suppress

from kty.kube import Added, Api, Bookmark, Client, ConfigMap, Deleted, Deployment, Modified, Secret, infer

Watched = Deployment | ConfigMap | Secret
Happened = Added[Watched] | Modified[Watched] | Deleted[Watched]


async def watch(client: Client, kind: type[Watched], queue: asyncio.Queue[Happened]) -> None:
    objects, version = Api(client, kind.resource, client.config.default_namespace, kind=kind), ""
    while True:  # a watch lasts some minutes: go on from the last version that it told
        async for change in objects.watch(version=version):
            match change:
                case Bookmark(version):
                    pass
                case Added(obj) | Modified(obj) | Deleted(obj):
                    version = obj.metadata.resource_version
                    await queue.put(change)


async def main() -> None:
    queue: asyncio.Queue[Happened] = asyncio.Queue(maxsize=100)
    async with Client(infer()) as client, asyncio.TaskGroup() as group:
        for kind in (Deployment, ConfigMap, Secret):
            group.create_task(watch(client, kind, queue))
        while True:
            match await queue.get():
                case Added(Deployment() as deployment) | Modified(Deployment() as deployment):
                    available = deployment.status.available_replicas if deployment.status else 0
                    print(f"deployment {deployment.name}: {available or 0} available")
                case Added(ConfigMap() | Secret() as kept) | Modified(ConfigMap() | Secret() as kept):
                    print(f"{kept.resource.kind.lower()} {kept.name}: {', '.join(kept.data) or 'empty'}")
                case Deleted(gone):
                    print(f"{gone.resource.kind.lower()} {gone.name}: gone")


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        asyncio.run(main())
