"""A shop, a clock that stands still, and a desk to sit at; for the conftest.py of those who sit there."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.runtime.fake_clock import FakeClock
from tests.scripted.seat import Desk
from tests.scripted.server import ApiServer, serving
from tests.scripted.shop import Shop


@pytest.fixture
def clock() -> FakeClock:
    """Time stands still until a test moves it."""
    return FakeClock()


@pytest.fixture
def shop(clock: FakeClock) -> Shop:
    return Shop(clock.now())


@pytest.fixture
async def server(shop: Shop) -> AsyncIterator[ApiServer]:
    async with serving(ApiServer()) as server:
        shop.open_at(server)
        yield server


@pytest.fixture
def desk(server: ApiServer, clock: FakeClock, tmp_path: Path) -> Desk:
    return Desk(server, clock, tmp_path)
