"""Ask a server that is overloaded again, with patience of one's own; here a layer plays the overload.

python examples/custom_client_retry.py [--refusals 2] [--tries 4]
"""

import argparse
import asyncio
import sys
from contextlib import suppress

from kty.errors import TooManyRequests
from kty.kube import Client, infer, server_version
from kty.kube.exchange import Answer, Layer, Request, Send
from kty.kube.layers import Retry, Seen, observing
from kty.kube.reply import Reply


def overloaded(refusals: int) -> Layer:
    """Answer so many requests as a server does that has too much to do."""
    left = iter(range(refusals))

    def around(send: Send) -> Send:
        async def sent(request: Request) -> Answer:
            if next(left, None) is not None:
                return Reply.refusal(429, "too many requests, please try again later")
            return await send(request)

        return sent

    return around


def tell(seen: Seen) -> None:
    print(f"{seen.request.method} {seen.request.path}: {seen.status}")


async def main(refusals: int, tries: int) -> None:
    # From the outside in: who asks again, who sees each try, and who refuses.
    layers: list[Layer] = [Retry(tries=tries, first=0.1, longest=2.0), observing(tell), overloaded(refusals)]
    async with Client(infer(), layers=layers) as client:
        try:
            print(await server_version(client))
        except TooManyRequests as error:
            sys.exit(error.sentence())


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--refusals", type=int, default=2)
    parser.add_argument("--tries", type=int, default=4)
    with suppress(KeyboardInterrupt):
        asyncio.run(main(**vars(parser.parse_args())))
