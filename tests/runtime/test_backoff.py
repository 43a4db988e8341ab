"""How long to wait after a fault."""

from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as st

from kty.errors import Forbidden, KtyError, NotFound, StatusError, TooManyRequests, Unauthorized, Unreachable
from kty.runtime.backoff import Backoff
from tests.runtime.fake_clock import FakeClock


class Chance(FakeClock):
    """A clock whose jitter is chosen."""

    def __init__(self, chance: Callable[[], float]) -> None:
        super().__init__()
        self._chance = chance

    def random(self) -> float:
        return self._chance()


@given(st.lists(st.floats(0, 1, exclude_max=True), min_size=1, max_size=12))
def test_every_delay_lies_between_0_8_and_30_seconds(chances: list[float]) -> None:
    backoff = Backoff(Chance(iter(chances).__next__))
    for _ in chances:
        assert 0.8 <= backoff.next() <= 30.0


def test_delays_double_and_then_stay() -> None:
    backoff = Backoff(Chance(lambda: 0.0))
    assert [backoff.next() for _ in range(7)] == [0.8, 1.6, 3.2, 6.4, 12.8, 15.0, 15.0]


def test_jitter_spreads_the_first_tries_of_many() -> None:
    assert Backoff(Chance(lambda: 0.0)).next() != Backoff(Chance(lambda: 0.9)).next()


def test_two_minutes_of_quiet_begin_it_anew_and_less_does_not() -> None:
    clock = Chance(lambda: 0.0)
    backoff = Backoff(clock)
    backoff.next()
    clock.move(0.8 + 119.5)
    assert backoff.next() == 1.6
    clock.move(1.6 + 120)
    assert backoff.next() == 0.8


def test_what_the_server_asks_for_is_waited_for() -> None:
    backoff = Backoff(Chance(lambda: 0.0))
    assert backoff.after(TooManyRequests("", retry_after=9.0)) == 9.0
    assert backoff.after(StatusError("", retry_after=0.0)) == 1.6


def test_each_fault_has_its_pace() -> None:
    def first(error: KtyError) -> float:
        return Backoff(Chance(lambda: 0.0)).after(error)

    assert first(Unreachable("")) == 0.8
    assert first(Unauthorized("")) == 2.0
    assert first(Forbidden("")) == 30.0
    assert first(NotFound("")) == 30.0
