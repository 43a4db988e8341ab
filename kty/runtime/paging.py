"""A list in pages: the next one is on its way while this one is decoded, and the loop breathes in between."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Callable, Coroutine
from time import perf_counter
from typing import Any

from kty.errors import Expired, NotKubernetes
from kty.kube.codecs import Codec, RawPage
from kty.kube.objects import Item
from kty.runtime.events import Event, Listed, Page, Started

log = logging.getLogger(__name__)

PAGE = 500
FIRST_PAGE = 100
"""Small, so that the first rows are there at once."""
SLICE = 0.002
"""Seconds of decoding after which others get their turn."""


class Breath:
    """Keeps one task from holding up the others: ask after each piece of work, and take one when it is due."""

    def __init__(self) -> None:
        self._since = perf_counter()

    def is_due(self) -> bool:
        return perf_counter() - self._since >= SLICE

    async def take(self) -> None:
        await asyncio.sleep(0)
        self._since = perf_counter()


async def pages(
    fetch: Callable[[int, str], Coroutine[Any, Any, bytes]], codec: Codec, page_size: int = PAGE
) -> AsyncGenerator[Event, None]:
    """List a collection: Started, Page…, Listed. `fetch` gets the limit (0: none) and the continue token.

    Where a continue token expires on the way, the list begins again, without pages. Raises KtyError.
    """
    breath = Breath()
    version = token = ""
    coming = asyncio.create_task(fetch(min(FIRST_PAGE, page_size), ""))
    try:
        yield Started()
        while True:
            try:
                page = codec.page(await coming)
            except Expired:
                if not token:
                    raise
                version = token = ""
                coming = asyncio.create_task(fetch(0, ""))
                yield Started()
                continue
            version, token = version or page.version, page.token
            if token:
                coming = asyncio.create_task(fetch(page_size, token))
            await breath.take()
            async for part in _parts(page, codec, breath):
                yield part
            if not token:
                yield Listed(version)
                return
    finally:
        coming.cancel()
        await asyncio.wait([coming])
        if not coming.cancelled():
            coming.exception()  # retrieved: what the page before it met is what matters


async def _parts(page: RawPage, codec: Codec, breath: Breath) -> AsyncGenerator[Page, None]:
    items: list[Item] = []
    for index, raw in enumerate(page.items, start=1):
        try:
            items.append(codec.item(raw))
        except NotKubernetes as error:
            log.warning("an object was left out: %s", error)
        if breath.is_due():
            yield Page(items, _remaining(page, index), page.columns)
            items = []
            await breath.take()
    yield Page(items, _remaining(page, len(page.items)), page.columns)


def _remaining(page: RawPage, done: int) -> int | None:
    if page.token and page.remaining is None:
        return None
    return (page.remaining or 0) + len(page.items) - done
