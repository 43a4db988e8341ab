"""Put layers of one's own around every request: a name for each, at most so many at once, and a count of all.

python examples/custom_client.py
"""

import asyncio
import uuid
from contextlib import suppress
from dataclasses import replace

from kty.kube import Api, Client, ConfigMap, infer
from kty.kube.exchange import Answer, Layer, Request, Send
from kty.kube.layers import Metrics, Retry, changing


def with_an_id(request: Request) -> Request:
    """Name a request, so that it can be found in the logs of whatever it passes."""
    return replace(request, headers=(*request.headers, ("x-request-id", uuid.uuid4().hex)))


def at_most(number: int) -> Layer:
    """Let no more requests than this wait for their answers at the same time."""
    places = asyncio.Semaphore(number)

    def around(send: Send) -> Send:
        async def sent(request: Request) -> Answer:
            async with places:
                return await send(request)

        return sent

    return around


async def main() -> None:
    metrics = Metrics()
    async with Client(infer(), layers=[Retry(), metrics, at_most(4), changing(with_an_id)]) as client:
        maps = Api.of(client, ConfigMap, client.config.default_namespace)
        found = await asyncio.gather(*[maps.get_opt(f"number-{number}") for number in range(20)])
        print(f"{sum(each is not None for each in found)} of {len(found)} are there")
    for (method, status), count in metrics.requests.items():
        print(f"{count} times {method} was answered {status}")


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        asyncio.run(main())
