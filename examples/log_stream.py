"""Print the log of a pod, and go on while it runs.

python examples/log_stream.py POD [-c CONTAINER] [--follow] [--tail 10] [--since 60] [--timestamps]
"""

import argparse
import asyncio
from contextlib import suppress

from kty.kube import Client, infer
from kty.kube.streams.logs import LogOptions, logs
from kty.text import decode


async def main(pod: str, options: LogOptions) -> None:
    async with (
        Client(infer()) as client,
        logs(client, client.config.default_namespace, pod, options) as lines,
    ):
        async for line in lines:
            print(decode(line))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pod")
    parser.add_argument("-c", "--container", default="")
    parser.add_argument("--follow", action="store_true")
    parser.add_argument("--tail", type=int, help="lines from the end")
    parser.add_argument("--since", type=int, help="seconds from now")
    parser.add_argument("--timestamps", action="store_true")
    args = parser.parse_args()
    chosen = LogOptions(
        container=args.container,
        follow=args.follow,
        tail_lines=args.tail,
        since_seconds=args.since,
        timestamps=args.timestamps,
    )
    with suppress(KeyboardInterrupt):
        asyncio.run(main(args.pod, chosen))
