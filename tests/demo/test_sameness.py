"""The same seed and the same clock give the same cluster."""

import json
from typing import Any

import pytest

from kty.demo.demo import Demo
from tests.runtime.fake_clock import FakeClock


def everything(demo: Demo) -> dict[str, list[Any]]:
    return {
        kind.id: [json.loads(held.body) for held in demo.registry.store.held(kind.id)]
        for kind in demo.kinds
        if kind.is_stored
    }


async def made(*, seed: int, pods: int = 0, seconds: float = 0.0) -> dict[str, list[Any]]:
    clock = FakeClock()
    demo = Demo(clock=clock, seed=seed)
    demo.furnish(pods)
    if seconds:
        async with demo.serving():
            await clock.advance(seconds)
    return everything(demo)


@pytest.mark.parametrize("pods", [0, 300])
async def test_a_seed_makes_a_cluster(pods: int) -> None:
    one, two, other = [await made(seed=seed, pods=pods) for seed in (7, 7, 8)]
    assert one == two
    assert {pod["metadata"]["uid"] for pod in one["pods"]}.isdisjoint(pod["metadata"]["uid"] for pod in other["pods"])
    assert len(one["pods"]) >= (pods or 10)


async def test_what_happens_next_is_the_same_too() -> None:
    one, two = [await made(seed=7, seconds=120.0) for _ in range(2)]
    assert one == two
