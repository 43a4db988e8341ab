"""Follow one config map by its name, and tell which of its keys change, as a program does that reloads its settings.

python examples/configmap_watcher.py NAME
"""

import argparse
import asyncio
from contextlib import suppress

from kty.kube import Added, Api, Client, ConfigMap, Deleted, Modified, infer


def changed(before: dict[str, str], now: dict[str, str]) -> list[str]:
    return sorted([key for key in before.keys() | now.keys() if before.get(key) != now.get(key)])


async def main(name: str) -> None:
    settings: dict[str, str] = {}
    async with Client(infer()) as client:
        maps = Api.of(client, ConfigMap, client.config.default_namespace)
        while True:  # a watch lasts some minutes; each begins with what is there
            async for change in maps.watch(fields=f"metadata.name={name}"):
                match change:
                    case Added(found) | Modified(found) if keys := changed(settings, found.data):
                        print(f"changed: {', '.join(keys)}")
                        settings = found.data
                    case Deleted():
                        print("removed: the last settings stay in force")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name")
    with suppress(KeyboardInterrupt):
        asyncio.run(main(**vars(parser.parse_args())))
