"""A shop, a clock that stands still, and a desk to sit at; for the conftest.py of those who sit there."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.rigged.seat import Desk
from tests.rigged.server import RiggedDemo, serving
from tests.rigged.shop import Shop
from tests.runtime.fake_clock import FakeClock


@pytest.fixture
def clock() -> FakeClock:
    """Time stands still until a test moves it."""
    return FakeClock()


@pytest.fixture
def shop(clock: FakeClock) -> Shop:
    return Shop(clock.now())


@pytest.fixture
async def server(shop: Shop, clock: FakeClock) -> AsyncIterator[RiggedDemo]:
    async with serving(RiggedDemo(clock)) as server:
        shop.open_at(server)
        yield server


@pytest.fixture
def desk(server: RiggedDemo, clock: FakeClock, tmp_path: Path) -> Desk:
    return Desk(server, clock, tmp_path)
