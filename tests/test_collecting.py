"""What is young is looked at before it is much."""

import asyncio
import gc
import weakref

import pytest

from kty import app
from tests.kube.waiting import until


class Ring:
    def __init__(self) -> None:
        self.itself = self


async def test_rings_are_found_though_nothing_asks_for_a_collection(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app, "OFTEN", 0.001)
    gc.disable()
    try:
        collecting = asyncio.ensure_future(app.collect_often())
        gone = weakref.ref(Ring())
        assert gone() is not None
        await until(lambda: gone() is None)
        collecting.cancel()
        await asyncio.wait({collecting})
    finally:
        gc.enable()
