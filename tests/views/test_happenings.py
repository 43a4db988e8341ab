from typing import Any

from kty.views.describe.happenings import MOST, events_section, happenings
from kty.views.describing import Entry, Found, Moment, Piece, Table
from tests.views.showing import NOW, moment


def event(reason: str, last: str = "2026-01-02T03:04:00Z", **more: Any) -> dict[str, Any]:
    return {
        "type": "Warning",
        "reason": reason,
        "message": "it broke",
        "source": {"component": "kubelet"},
        "firstTimestamp": "2026-01-02T03:00:00Z",
        "lastTimestamp": last,
        "count": 1,
        **more,
    }


def ages(section: Entry) -> list[str]:
    (table,) = section.parts
    assert isinstance(table, Table)
    return [cell.shown(NOW) for row in table.rows for cell in row if isinstance(cell, Moment)]


def test_the_newest_come_first() -> None:
    found = happenings([event("Old", "2026-01-02T03:01:00Z"), event("New"), event("Middle", "2026-01-02T03:02:00Z")])
    assert [each.reason for each in found] == ["New", "Middle", "Old"]


def test_repeated_ones_are_counted() -> None:
    section = events_section(Found([event("Crash", count=12)], is_complete=True))
    assert ages(section) == ["60s (x12 over 5m)"]


def test_a_reporter_that_forgot_and_wrote_it_anew_is_counted_on() -> None:
    again = event("Crash", "2026-01-02T03:04:30Z", firstTimestamp="2026-01-02T03:03:00Z", count=3)
    (found,) = happenings([event("Crash", count=2), again])
    assert (found.count, found.first, found.last) == (
        5,
        moment("2026-01-02T03:00:00Z"),
        moment("2026-01-02T03:04:30Z"),
    )


def test_events_of_the_new_api_have_series() -> None:
    series: dict[str, Any] = {
        "series": {"count": 4, "lastObservedTime": "2026-01-02T03:04:58.5Z"},
        "eventTime": "2026-01-02T03:04:00Z",
    }
    new = {**event("Scaled", firstTimestamp=None), "lastTimestamp": None, **series}
    assert ages(events_section(Found([new], is_complete=True))) == ["1s (x4 over 60s)"]


def test_an_odd_one_hides_no_other() -> None:
    assert [each.reason for each in happenings([event("Odd", count="many"), event("Even")])] == ["Even"]


def test_none_are_said_so() -> None:
    assert events_section(Found((), is_complete=True)).lines == (Piece("<none>", "dim"),)
    assert events_section(Found()).lines == (Piece("…", "dim"),)
    refused = events_section(Found((), trouble="no permission to list events"))
    assert [line.text for line in refused.lines if isinstance(line, Piece)] == ["no permission to list events"]


def test_a_flood_is_cut_and_counted() -> None:
    section = events_section(Found([event(f"R{number}") for number in range(MOST + 3)], is_complete=True))
    (table,) = section.parts
    assert isinstance(table, Table)
    assert len(table.rows) == MOST
    assert section.lines == (Piece("3 older ones are not shown", "dim"),)
