"""What the real API server knows of its past: it compacts its history some ten minutes after its start."""

import asyncio

from kty.errors import Expired
from tests.cluster.place import CONFIG_MAPS, Place

PATIENCE = 900.0
"""Seconds that a server which has just started may take until it forgets its beginning."""


async def forgets_its_beginning(place: Place) -> None:
    """Wait until the server can list nothing as of its first version any more."""
    query = [("resourceVersion", "1"), ("resourceVersionMatch", "Exact")]
    async with asyncio.timeout(PATIENCE):
        while True:
            try:
                await place.client.request("GET", CONFIG_MAPS.path(place.namespace), query=query)
            except Expired:
                return
            await asyncio.sleep(2.0)
