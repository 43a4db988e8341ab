"""Two changes of one object become one, and what both changed is told."""

import pytest

from kty.kube.objects import Object
from kty.kube.three_way import ABSENT, Clash, merge

BEFORE: Object = {"a": 1, "b": {"x": 1, "y": [1, 2]}, "c": "same"}


@pytest.mark.parametrize(
    ("mine", "theirs", "wanted"),
    [
        ({**BEFORE, "a": 2}, {**BEFORE, "c": "other"}, {**BEFORE, "a": 2, "c": "other"}),
        ({"a": 1, "b": BEFORE["b"]}, {**BEFORE, "d": 4}, {"a": 1, "b": BEFORE["b"], "d": 4}),
        ({**BEFORE, "b": {"x": 2, "y": [1, 2]}}, {**BEFORE, "b": {"x": 1}}, {**BEFORE, "b": {"x": 2}}),
        ({**BEFORE, "a": 3}, {**BEFORE, "a": 3}, {**BEFORE, "a": 3}),
        ({**BEFORE, "d": {"m": 1}}, {**BEFORE, "d": {"t": 1}}, {**BEFORE, "d": {"m": 1, "t": 1}}),
    ],
    ids=["other fields", "taken out and added", "one level down", "the same", "both add an object"],
)
def test_changes_of_different_fields_are_joined(mine: Object, theirs: Object, wanted: Object) -> None:
    assert merge(BEFORE, mine, theirs) == (wanted, [])


def test_changes_of_the_same_field_are_told_and_mine_is_taken() -> None:
    mine = {**BEFORE, "a": 2, "b": {"x": 1, "y": [1, 2, 3]}}
    theirs = {"a": 5, "b": {"x": 1}, "c": "other"}
    merged, clashes = merge(BEFORE, mine, theirs)
    assert merged == {**mine, "c": "other"}
    assert clashes == [Clash("a", 2, 5), Clash("b.y", [1, 2, 3], ABSENT)]


def test_what_i_took_out_and_they_changed_is_told() -> None:
    merged, clashes = merge({"a": 1}, {}, {"a": 2})
    assert (merged, clashes) == ({}, [Clash("a", ABSENT, 2)])
