from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kty.views.ages import AGE, age, lasts, lasts_since, since

MINUTE, HOUR, DAY, YEAR = 60, 3600, 86_400, 365 * 86_400


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (-2, "<invalid>"),
        (-1.999, "0s"),
        (0, "0s"),
        (0.999, "0s"),
        (2 * MINUTE - 0.001, "119s"),
        (2 * MINUTE, "2m"),
        (2 * MINUTE + 5, "2m5s"),
        (10 * MINUTE - 0.001, "9m59s"),
        (10 * MINUTE + 59, "10m"),
        (3 * HOUR - 0.001, "179m"),
        (3 * HOUR + 59, "3h"),
        (3 * HOUR + 20 * MINUTE, "3h20m"),
        (8 * HOUR - 0.001, "7h59m"),
        (8 * HOUR + 59 * MINUTE, "8h"),
        (2 * DAY - 0.001, "47h"),
        (2 * DAY + 59 * MINUTE, "2d"),
        (2 * DAY + HOUR, "2d1h"),
        (8 * DAY - 0.001, "7d23h"),
        (8 * DAY + 23 * HOUR, "8d"),
        (2 * YEAR - 0.001, "729d"),
        (2 * YEAR + 23 * HOUR, "2y"),
        (2 * YEAR + DAY, "2y1d"),
        (8 * YEAR - 0.001, "7y364d"),
        (8 * YEAR + 364 * DAY, "8y"),
    ],
)
def test_an_age_reads_as_in_kubectl(seconds: float, text: str) -> None:
    assert age(seconds) == text


def test_an_object_that_was_never_created_has_an_unknown_age() -> None:
    assert since(None, 1000.0) == "<unknown>"


def test_the_age_column_ticks() -> None:
    assert AGE.ticks
    assert (AGE.show(1000.0, 1030.0), AGE.show(1000.0, 1031.0)) == ("30s", "31s")


@given(st.integers(-5_000, 9_000 * YEAR), st.floats(0, 0.9))
def test_an_age_reads_the_same_for_as_long_as_it_is_said_to(milliseconds: int, share: float) -> None:
    seconds = milliseconds / 1000
    left = lasts(seconds)
    assert 0 < left <= YEAR
    if seconds >= 0:
        assert age(seconds + share * left) == age(seconds)


@pytest.mark.parametrize(("seconds", "left"), [(0, 1), (599.25, 0.75), (600, 60), (3 * HOUR + 10, 50), (2 * DAY, HOUR)])
def test_an_age_is_not_asked_for_more_often_than_it_changes(seconds: float, left: float) -> None:
    assert lasts(seconds) == left


def test_an_age_that_nobody_knows_lasts_for_ever() -> None:
    assert lasts_since(None, 0.0) == inf
