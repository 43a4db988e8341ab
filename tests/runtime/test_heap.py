"""Memory that goes back to the system."""

import psutil
import pytest

from kty.runtime import heap

BLOCK, BLOCKS = 20_000, 2_000
"""Small enough for the heap, and 40 MB together."""


def test_what_is_free_goes_back() -> None:
    if heap._trim() is None:
        pytest.skip("this C library cannot do that")
    me = psutil.Process()
    blocks = [bytes(BLOCK) for _ in range(BLOCKS)]
    for block in range(BLOCKS):
        blocks[block] = b"x" * BLOCK
    last = b"x" * BLOCK  # at the end of the heap, which could not shrink by itself
    del blocks[:]
    before = me.memory_info().rss
    heap.give_back()
    assert before - me.memory_info().rss > BLOCK * BLOCKS / 4
    assert last


def test_elsewhere_nothing_happens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heap, "_trim", lambda: None)
    heap.give_back()
