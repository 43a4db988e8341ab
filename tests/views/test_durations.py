import pytest

from kty.views.durations import seconds


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("90s", 90),
        ("5m", 300),
        ("2h30m", 9000),
        ("1.5h", 5400),
        ("1d", 86_400),
        ("1w", 604_800),
        ("2y10d", 63_936_000),
        ("0s", 0),
    ],
)
def test_a_duration_is_read_in_seconds(text: str, expected: float) -> None:
    assert seconds(text) == expected


@pytest.mark.parametrize("text", ["", "5", "h", "2h30", "5 m", "-5m", "5ms", "2H", "٣h", "<unknown>"])
def test_what_is_no_duration_is_nothing(text: str) -> None:
    assert seconds(text) is None
