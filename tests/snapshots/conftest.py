import time
from collections.abc import AsyncIterator, Iterator

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


@pytest.fixture(autouse=True)
def in_greenwich(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The person's own clock shows UTC."""
    with monkeypatch.context() as patched:
        patched.setenv("TZ", "UTC")
        time.tzset()
        yield
    time.tzset()
