from collections.abc import AsyncIterator

import pytest

from tests.rigged.fixtures import clock, desk
from tests.rigged.server import RiggedDemo, serving
from tests.runtime.fake_clock import FakeClock

__all__ = ["clock", "desk", "server"]


@pytest.fixture
async def server(clock: FakeClock) -> AsyncIterator[RiggedDemo]:
    """What `kty --demo` shows, at a moment that does not pass."""
    async with serving(RiggedDemo(clock, furnished=True)) as server:
        yield server
