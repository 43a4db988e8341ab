"""Tell the events of a namespace as they come, the warnings only if you like.

python examples/event_watcher.py [--warnings]
"""

import argparse
import asyncio
from contextlib import suppress

from kty.kube import Added, Api, Bookmark, Client, Event, Modified, infer
from kty.text import printable


def line(event: Event) -> str:
    about = event.involved_object
    where = f"{about.kind}/{about.name}" if about else "?"
    times = f" ({event.count} times)" if event.count and event.count > 1 else ""
    return f"{event.type} {event.reason} {where}: {printable(event.message)}{times}"


async def main(warnings: bool) -> None:
    version = ""
    async with Client(infer()) as client:
        events = Api.of(client, Event, client.config.default_namespace)
        while True:  # a watch lasts some minutes: go on from the last version that it told
            async for change in events.watch(version=version, fields="type=Warning" if warnings else ""):
                match change:
                    case Bookmark(version):
                        pass
                    case Added(event) | Modified(event):
                        version = event.metadata.resource_version
                        print(line(event))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--warnings", action="store_true")
    with suppress(KeyboardInterrupt):
        asyncio.run(main(**vars(parser.parse_args())))
