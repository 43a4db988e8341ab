"""Count in a config map how often this ran: make it where there is none, else change it, whoever is quicker.

python examples/entry.py [NAME]
"""

import argparse
import asyncio
from contextlib import suppress

from kty.kube import Api, Client, ConfigMap, infer


def count(counter: ConfigMap) -> None:
    counter.data["runs"] = str(int(counter.data.get("runs", "0")) + 1)


async def main(name: str) -> None:
    async with Client(infer()) as client:
        maps = Api.of(client, ConfigMap, client.config.default_namespace)
        entry = await maps.entry(name)
        entry.or_insert(ConfigMap).and_modify(count)
        counter = await entry.commit(retries=5)  # read anew, and counted again, where somebody else was quicker
        print(f"{counter.name} was counted {counter.data['runs']} times")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name", nargs="?", default="kty-counter")
    with suppress(KeyboardInterrupt):
        asyncio.run(main(**vars(parser.parse_args())))
