"""Several things at once, until the first of them is done."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Sequence
from contextlib import asynccontextmanager
from typing import Any


@asynccontextmanager
async def racing(*works: Awaitable[Any]) -> "AsyncIterator[Sequence[asyncio.Future[Any]]]":
    """Enter once one of them is done, with a future for each; whatever still goes on ends with the block."""
    tasks = [asyncio.ensure_future(work) for work in works]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        yield tasks
    finally:
        for task in tasks:
            task.cancel()
