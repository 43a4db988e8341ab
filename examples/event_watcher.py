"""Tell the events of a namespace as they come, the warnings only if you like.

python examples/event_watcher.py [--warnings]
"""

import argparse
import asyncio
from contextlib import suppress

from kty.kube import Added, Api, Client, Event, Modified, infer
from kty.text import printable


async def main(warnings: bool) -> None:
    fields = "type=Warning" if warnings else ""
    async with Client(infer()) as client:
        events = Api.of(client, Event, client.config.default_namespace)
        async for change in events.watch(fields=fields):
            match change:
                case Added(event) | Modified(event):
                    about = event.involved_object
                    where = f"{about.kind}/{about.name}" if about else "?"
                    times = f" ({event.count} times)" if event.count and event.count > 1 else ""
                    print(f"{event.type} {event.reason} {where}: {printable(event.message)}{times}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--warnings", action="store_true")
    with suppress(KeyboardInterrupt):
        asyncio.run(main(**vars(parser.parse_args())))
