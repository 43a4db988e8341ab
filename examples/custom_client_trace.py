"""Log every request, and how long each answer took: once by kty's own log, once by a layer that knows more.

python examples/custom_client_trace.py
"""

import asyncio
import logging
from contextlib import suppress

from kty.kube import Client, discover, infer, who_am_i
from kty.kube.layers import Seen, observing

log = logging.getLogger("my-program")


def tell(seen: Seen) -> None:
    """Called once the answer has begun; neither headers nor bodies are in what kty logs: they may hold secrets."""
    level = logging.WARNING if seen.status >= 400 or seen.seconds > 1 else logging.INFO
    log.log(level, "%s %s gave %d after %.3f s", seen.request.method, seen.request.path, seen.status, seen.seconds)


async def main() -> None:
    logging.basicConfig(format="%(name)s: %(message)s")
    logging.getLogger("kty.kube.client").setLevel(logging.DEBUG)
    log.setLevel(logging.INFO)
    async with Client(infer(), layers=[observing(tell)]) as client:
        print(f"{await who_am_i(client)} sees {len((await discover(client)).resources)} kinds")


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        asyncio.run(main())
