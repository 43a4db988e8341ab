"""Cursor, folds and search stay where they are when a text changes."""

import pytest

from kty.widgets.yaml_reading import Reading

POD = """\
metadata:
  name: web
  resourceVersion: "7"
spec:
  containers:
  - name: web
    env:
    - name: A
    - name: B
  - name: proxy
    env:
    - name: C
    - name: D
status:
  phase: Running
"""


def folded(reading: Reading) -> list[str]:
    return [reading.outline.lines[line].strip() for line in sorted(reading.folds.folded)]


def at(reading: Reading, text: str) -> int:
    return next(number for number, line in enumerate(reading.outline.lines) if line.strip() == text)


def test_the_cursor_stays_on_its_line_when_lines_come_before_it() -> None:
    reading = Reading(POD)
    reading.place(at(reading, "phase: Running"))
    reading.follow(POD.replace("  name: web\n  res", "  name: web\n  labels:\n    a: b\n  res"))
    assert reading.outline.lines[reading.cursor] == "  phase: Running"
    assert {reading.outline.lines[line].strip() for line in reading.changed} == {"labels:", "a: b"}


def test_the_cursor_stays_on_a_line_whose_value_changes() -> None:
    reading = Reading(POD)
    reading.place(at(reading, "phase: Running"))
    reading.follow(POD.replace("Running", "Failed").replace('"7"', '"8"'))
    assert reading.outline.lines[reading.cursor] == "  phase: Failed"


def test_the_cursor_goes_to_what_hides_its_line() -> None:
    reading = Reading(POD)
    reading.place(at(reading, "name: web"))
    reading.fold_all()
    reading.place(reading.row)
    reading.fold(0)
    assert reading.cursor == 0


def test_what_is_folded_stays_folded_when_an_item_comes_before_it() -> None:
    reading = Reading(POD)
    reading.fold(at(reading, "- name: proxy"))
    reading.follow(POD.replace("  - name: proxy", "  - name: new\n    env: []\n  - name: proxy"))
    assert folded(reading) == ["- name: proxy"]


def test_what_is_folded_stays_folded_at_its_path_when_the_line_itself_changes() -> None:
    reading = Reading(POD)
    reading.fold(at(reading, "- name: proxy"))
    reading.follow(POD.replace("proxy", "envoy"))
    assert folded(reading) == ["- name: envoy"]


def test_what_is_folded_and_goes_is_forgotten() -> None:
    reading = Reading(POD)
    reading.fold(at(reading, "status:"))
    reading.follow(POD.replace("status:\n  phase: Running\n", ""))
    assert folded(reading) == []
    reading.follow(POD)
    assert folded(reading) == []


def test_a_search_goes_on_from_where_the_cursor_was_put_as_the_needle_grows_and_shrinks() -> None:
    reading = Reading(POD)
    reading.place(2)
    found = []
    for needle in ("n", "na", "name: p", "name:", "name: zzz"):
        match = reading.look_for(needle)
        found.append((reading.found, match and match.line))
    assert found == [("2/15", 2), ("2/7", 5), ("1/1", 9), ("2/7", 5), ("0/0", None)]


def test_a_match_that_is_folded_away_is_unfolded() -> None:
    reading = Reading(POD)
    reading.fold_all()
    reading.look_for("name: d")
    assert reading.outline.lines[reading.cursor].strip() == "- name: D"
    assert reading.cursor in reading.folds.rows
    assert folded(reading) == ["- name: web", "env:"]


def test_steps_go_from_match_to_match() -> None:
    reading = Reading(POD)
    reading.look_for("env")
    assert reading.found == "1/2"
    reading.step(1)
    assert (reading.found, reading.cursor) == ("2/2", 10)
    reading.step(1)
    assert (reading.found, reading.cursor) == ("1/2", 6)


def test_the_current_match_stays_the_same_when_others_come_before_it() -> None:
    reading = Reading(POD)
    reading.look_for("name: c")
    reading.follow(POD.replace("  name: web\n", "  name: coffee\n", 1))
    assert (reading.found, reading.search.match and reading.search.match.line) == ("2/2", 11)
    assert reading.outline.lines[reading.cursor].strip() == "- name: C"


@pytest.mark.parametrize("text", ["", "a: b\n"])
def test_a_text_that_shrinks_to_almost_nothing_keeps_a_cursor(text: str) -> None:
    reading = Reading(POD)
    reading.place(99)
    reading.look_for("phase")
    reading.fold_all()
    reading.follow(text)
    assert (reading.cursor, reading.row, reading.found) == (0, 0, "0/0")
