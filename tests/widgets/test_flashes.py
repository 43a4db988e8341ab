"""Marks that end by themselves."""

from kty.widgets.flashes import FLASH, Flashes
from tests.widgets.tables import FakeTime


def test_a_mark_ends_after_a_moment() -> None:
    time = FakeTime()
    flashes = Flashes(time)
    flashes.add(["web"])
    time.now += FLASH - 0.5
    assert flashes.expire() == 0.5
    assert "web" in flashes
    time.now += 0.5
    assert flashes.expire() is None
    assert "web" not in flashes


def test_a_second_change_marks_anew() -> None:
    time = FakeTime()
    flashes = Flashes(time)
    flashes.add(["web", "db"])
    time.now += 1
    flashes.add(["web"])
    time.now += FLASH - 1
    assert flashes.expire() == 1.0
    assert "web" in flashes
    assert "db" not in flashes
