from typing import Any

import pytest

from kty.views.events import VIEW
from kty.views.view import Events
from tests.views.showing import NOW, compared, meta, moment, row, shown

BEFORE, AFTER, LATEST = "2026-01-02T03:01:00Z", "2026-01-02T03:04:00Z", "2026-01-02T03:04:30.123456Z"

OLD: dict[str, Any] = {
    "metadata": meta("web.17f"),
    "type": "Warning",
    "reason": "BackOff",
    "message": "  Back-off restarting failed container\n",
    "involvedObject": {"kind": "Pod", "name": "web-1", "fieldPath": "spec.containers{main}"},
    "source": {"component": "kubelet", "host": "worker-1"},
    "firstTimestamp": BEFORE,
    "lastTimestamp": AFTER,
    "count": 7,
}
NEW: dict[str, Any] = {
    "type": "Normal",
    "involvedObject": {"kind": "Node"},
    "eventTime": BEFORE,
    "firstTimestamp": None,
    "lastTimestamp": None,
    "reportingComponent": "scheduler",
    "reportingInstance": "scheduler-1",
}


def test_an_event_shows_what_happened_to_whom() -> None:
    assert shown(VIEW, OLD) == {
        "Last Seen": "60s",
        "Type": "Warning",
        "Reason": "BackOff",
        "Object": "pod/web-1",
        "Count": "7",
        "Message": "Back-off restarting failed container",
        "Subobject": "spec.containers{main}",
        "Source": "kubelet, worker-1",
        "First Seen": "4m",
    }


def test_an_event_of_the_new_api_is_read_from_its_own_fields() -> None:
    found = shown(VIEW, NEW)
    assert (found["Last Seen"], found["First Seen"], found["Count"]) == ("4m", "4m", "1")
    assert (found["Object"], found["Source"]) == ("node", "scheduler, scheduler-1")


def test_a_series_says_when_it_was_last_seen_and_how_often() -> None:
    found = shown(VIEW, NEW | {"series": {"count": 9, "lastObservedTime": LATEST}})
    assert (found["Last Seen"], found["First Seen"], found["Count"]) == ("29s", "4m", "9")


@pytest.mark.parametrize(
    ("source", "text"),
    [({"component": "kubelet"}, "kubelet"), ({"host": "worker-1"}, ", worker-1"), ({}, "")],
)
def test_the_source_is_as_much_as_is_known(source: dict[str, str], text: str) -> None:
    assert shown(VIEW, {"source": source})["Source"] == text


def test_an_event_without_a_time_was_seen_at_an_unknown_one() -> None:
    assert shown(VIEW, {})["Last Seen"] == "<unknown>"


def test_warnings_are_toned() -> None:
    assert [VIEW.tone(row(VIEW, event)) for event in (OLD, NEW, {})] == ["warn", "", ""]


def test_the_newest_events_come_first_and_their_ages_tick() -> None:
    assert VIEW.sort == ("Last Seen", False)
    assert compared(VIEW, "Last Seen", OLD) == moment(AFTER)
    assert shown(VIEW, OLD, NOW + 1)["Last Seen"] == "61s"


def test_a_name_with_signs_that_selectors_are_made_of_is_asked_for_as_it_is() -> None:
    assert Events("shop", "Role", r"a,b=c\d").selector.split("involvedObject.")[3] == r"name=a\,b\=c\\d"
