"""Which lines a filter lets through."""

import pytest

from kty.errors import UsageError
from kty.widgets.log_filter import Both, parse, phrase
from kty.widgets.log_ring import LogRing

LINES = [
    b'{"level":"info","msg":"request","status":200,"route":"GET /items"}',
    b'{"level":"warn","msg":"slow upstream","ms":1200}',
    b'{"level":"error","msg":"request failed","status":503,"http":{"code":"E1"}}',
    b"panic: it broke",
    b"\tat main.go:3",
    b"level=debug msg=probe path=/healthz",
    b"ERROR Connection refused",
]


@pytest.fixture
def ring() -> LogRing:
    ring = LogRing()
    ring.append(0, LINES, [0] * len(LINES))
    ring.note(0, "a note")
    return ring


def let(ring: LogRing, text: str) -> list[int]:
    wanted = parse(text)
    assert wanted is not None
    found = list(wanted.among(ring.chunk(0), 0, ring.next))
    assert found[-1] == len(LINES), "notes get through"
    return found[:-1]


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("request", [0, 2]),
        ("REQUEST", []),
        ("connection", [6]),
        ("Connection", [6]),
        ("request failed", [2]),
        ('"request failed"', [2]),
        ('"failed request"', []),
        ("!request", [1, 3, 4, 5, 6]),
        ("request !failed", [0]),
        ("~get|slow", [0, 1]),
        ("!~.", []),
        ("level>=warn", [1, 2, 3, 4, 6]),
        ("level=error", [2, 6]),
        ("level>=err", [2, 3, 4, 6]),
        ("!level>=warn", [0, 5]),
        ("level<info", [5]),
        ("level>=warn request", [2]),
        ("status=503", [2]),
        ("status>=200", [0, 2]),
        ("status!=200", [2]),
        ("!status=503", [0, 1, 3, 4, 5, 6]),
        ("ms>1000", [1]),
        ("http.code=E1", [2]),
        ("path=/healthz", [5]),
        ("msg=request", [0]),
    ],
)
def test_terms(ring: LogRing, text: str, lines: list[int]) -> None:
    assert let(ring, text) == lines


def test_a_line_without_a_level_goes_with_the_one_before_it_of_its_own_source(ring: LogRing) -> None:
    ring.append(1, [b"plain"], [0])
    ring.append(0, [b"of the error before"], [0])
    wanted = parse("level>=error")
    assert wanted is not None
    assert list(wanted.among(ring.chunk(0), 7, 10)) == [7, 9]


@pytest.mark.parametrize("text", ["", "  ", '""'])
def test_nothing_asks_for_everything(text: str) -> None:
    assert parse(text) is None


@pytest.mark.parametrize(
    ("text", "said"),
    [("~(", "no regular expression"), ("level>=loud", "no level 'loud'"), ("ms>many", "compares with a number")],
)
def test_a_mistake_is_said(text: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        parse(text)


def test_a_search_takes_the_text_as_it_stands(ring: LogRing) -> None:
    for text, lines in (("request failed", [2]), ("~req.*failed", [2]), ("level>=warn", []), ("!request", [])):
        wanted = phrase(text)
        assert wanted is not None
        assert list(Both(wanted, None).among(ring.chunk(0), 0, ring.next)) == lines
    assert phrase("") is None
    found = phrase("request")
    assert found is not None
    assert list(Both(found, parse("!failed")).among(ring.chunk(0), 0, ring.next)) == [0]


@pytest.mark.parametrize(("text", "marked"), [("a+", "a+"), ("A b", "A"), ("~x|y", "y"), ("!a", None)])
def test_what_made_a_line_get_through_is_marked(text: str, marked: str | None) -> None:
    wanted = parse(text)
    assert wanted is not None
    found = wanted.pattern and wanted.pattern.search("__ y a+ A")
    assert (found[0] if found else None) == marked
