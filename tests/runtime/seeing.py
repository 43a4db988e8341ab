"""Look at what a watcher yields while it runs, in words that are easy to compare."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager

from kty.runtime.events import Applied, Deleted, Event, Interrupted, Listed, Live, Page, Started


def word(event: Event) -> str:
    """Say an event in a few words: `applied a 11`, `interrupted Expired 0.0`."""
    match event:
        case Page(items):
            return " ".join(["page", *(item.row.name for item in items)])
        case Listed(version):
            return f"listed {version}"
        case Applied(item):
            return f"applied {item.row.name} {item.row.version}"
        case Deleted(item):
            return f"deleted {item.row.name}"
        case Interrupted(error, retry_in):
            return f"interrupted {type(error).__name__} {retry_in:.1f}"
        case Started() | Live():
            return type(event).__name__.lower()


class Seen(list[Event]):
    """The events so far."""

    @property
    def words(self) -> list[str]:
        return [word(event) for event in self]


@asynccontextmanager
async def seeing(events: AsyncGenerator[Event, None]) -> AsyncIterator[Seen]:
    """Collect what a watcher yields, in the background. What it raises is raised at the end."""
    seen = Seen()

    async def collect() -> None:
        async for event in events:
            seen.append(event)

    collecting = asyncio.create_task(collect())
    try:
        yield seen
    finally:
        collecting.cancel()
        await asyncio.wait([collecting])
        await events.aclose()
    if not collecting.cancelled():
        collecting.result()
