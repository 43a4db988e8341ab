"""Durations as Go reads and prints them; the tables were checked with Go's time package."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kty.errors import UsageError
from kty.kube.durations import Duration, DurationMistake

SECOND = 1_000_000_000


@pytest.mark.parametrize(
    ("text", "nanoseconds", "printed"),
    [
        ("0", 0, "0s"),
        ("-0", 0, "0s"),
        ("+0", 0, "0s"),
        ("0s", 0, "0s"),
        ("5s", 5 * SECOND, "5s"),
        ("+5s", 5 * SECOND, "5s"),
        ("-5s", -5 * SECOND, "-5s"),
        ("1478s", 1478 * SECOND, "24m38s"),
        ("5.0s", 5 * SECOND, "5s"),
        ("5.6s", 5_600_000_000, "5.6s"),
        ("5.s", 5 * SECOND, "5s"),
        (".5s", 500_000_000, "500ms"),
        ("1.004s", 1_004_000_000, "1.004s"),
        ("10ns", 10, "10ns"),
        ("11us", 11_000, "11µs"),
        ("12µs", 12_000, "12µs"),
        ("12μs", 12_000, "12µs"),
        ("1500ns", 1_500, "1.5µs"),
        ("13ms", 13_000_000, "13ms"),
        ("15m", 900 * SECOND, "15m0s"),
        ("16h", 57_600 * SECOND, "16h0m0s"),
        ("3h30m", 12_600 * SECOND, "3h30m0s"),
        ("10.5s4m", 250_500_000_000, "4m10.5s"),
        ("-2m3.4s", -123_400_000_000, "-2m3.4s"),
        ("1h2m3s4ms5us6ns", 3_723_004_005_006, "1h2m3.004005006s"),
        ("1h1h", 7_200 * SECOND, "2h0m0s"),
        ("0.3333333333333333333h", 1_200 * SECOND, "20m0s"),
        ("0.100000000000000000000h", 360 * SECOND, "6m0s"),
        ("0.830103483285477580700h", 2_988_372_539_827, "49m48.372539827s"),
        ("1.9ns", 1, "1ns"),
        ("9223372036854775807ns", 2**63 - 1, "2562047h47m16.854775807s"),
        ("-9223372036854775808ns", -(2**63), "-2562047h47m16.854775808s"),
        ("0000000000000000000000000000001h", 3_600 * SECOND, "1h0m0s"),
    ],
)
def test_a_duration_is_read_and_printed_as_in_go(text: str, nanoseconds: int, printed: str) -> None:
    duration = Duration.parse(text)
    assert duration.nanoseconds == nanoseconds
    assert str(duration) == printed
    assert Duration.parse(printed) == duration


@pytest.mark.parametrize(
    "text",
    ["", "3", "-", "+", "s", ".", "-.", ".s", "+.s", "1d", "1w", "1y", "1 h", " 1h", "1h ", "1h\n", "1H", "1min",
     "--1s", "1s-1s", "1e3s", "١s", "9223372036854775808ns", "-9223372036854775809ns", "3000000h",
     "9" * 5000 + "h"],
)  # fmt: skip
def test_what_is_no_duration_is_a_mistake(text: str) -> None:
    with pytest.raises(DurationMistake) as caught:
        Duration.parse(text)
    assert isinstance(caught.value, UsageError)
    assert isinstance(caught.value, ValueError)
    assert "\n" not in caught.value.sentence()


def test_durations_are_added_and_compared() -> None:
    assert str(Duration.parse("90s") + Duration.parse("30s")) == "2m0s"
    assert str(Duration.parse("90s") - Duration.parse("2m")) == "-30s"
    assert -Duration.parse("1h") < Duration() < Duration.parse("1ns")
    assert Duration.parse("60m") == Duration.parse("1h")
    assert not Duration()
    assert Duration.parse("1m30s").seconds == 90.0


@pytest.mark.parametrize(
    "span", [timedelta(0), timedelta(microseconds=1), timedelta(days=-1, seconds=5), timedelta(days=400, hours=7)]
)
def test_a_timedelta_goes_there_and_back(span: timedelta) -> None:
    assert Duration.of(span).timedelta == span


def test_a_timedelta_is_told_in_the_words_of_go() -> None:
    assert str(Duration.of(timedelta(days=1, seconds=1.5))) == "24h0m1.5s"
    assert Duration(1_501).timedelta == timedelta(microseconds=2)


@given(st.integers(-(2**63), 2**63 - 1))
def test_what_is_printed_is_read_back(nanoseconds: int) -> None:
    assert Duration.parse(str(Duration(nanoseconds))) == Duration(nanoseconds)


@given(st.text() | st.text(alphabet="0123456789.+-hmsnuµ"))
def test_whatever_is_typed_is_a_duration_or_a_mistake(text: str) -> None:
    try:
        duration = Duration.parse(text)
    except DurationMistake:
        return
    assert Duration.parse(str(duration)) == duration
