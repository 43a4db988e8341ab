"""Where the lines of a text went when it changed."""

from hypothesis import given
from hypothesis import strategies as st

from kty.widgets.line_diff import MOST, Hunk, LineDiff, hunks

texts = st.lists(st.sampled_from("abcd"), min_size=1, max_size=12)


def test_a_changed_line_is_found_between_those_that_stay() -> None:
    diff = LineDiff(list("abcd"), list("abXd"))
    assert diff.changed == {2}
    assert [diff.stays(line) for line in range(4)] == [0, 1, None, 3]
    assert [diff.follow(line) for line in range(4)] == [0, 1, 2, 3]


def test_lines_that_come_move_those_after_them() -> None:
    diff = LineDiff(list("abcd"), list("abXYcdZ"))
    assert diff.changed == {2, 3, 6}
    assert [diff.follow(line) for line in range(4)] == [0, 1, 4, 5]


def test_in_the_place_of_a_line_that_went_stands_the_next_one_or_the_last() -> None:
    assert LineDiff(list("abcd"), list("ad")).follow(1) == 1
    assert LineDiff(list("abcd"), list("ad")).follow(2) == 1
    assert LineDiff(list("abcd"), list("ab")).follow(3) == 1


def test_a_line_among_several_that_changed_keeps_its_place_among_them() -> None:
    diff = LineDiff(list("aXYZe"), list("aKLe"))
    assert [diff.follow(line) for line in range(5)] == [0, 1, 2, 2, 3]


def test_two_places_that_changed_are_told_apart() -> None:
    assert LineDiff(list("abcdef"), list("aBcdEf")).changed == {1, 4}


def test_very_long_changes_are_not_compared_line_by_line() -> None:
    old = [str(line) for line in range(MOST)]
    new = ["x", *old[1:-1], "y"]
    diff = LineDiff(["same", *old, "end"], ["same", *new, "end"])
    assert diff.changed == set(range(1, MOST + 1))
    assert (diff.stays(0), diff.stays(7), diff.stays(MOST + 1)) == (0, None, MOST + 1)
    assert diff.follow(7) == 7


@given(texts, texts)
def test_lines_stay_in_order_and_all_others_are_changed(old: list[str], new: list[str]) -> None:
    diff = LineDiff(old, new)
    places = [place for line in range(len(old)) if (place := diff.stays(line)) is not None]
    assert places == sorted(set(places))
    assert all(diff.stays(line) is None or new[diff.follow(line)] == old[line] for line in range(len(old)))
    assert diff.changed == set(range(len(new))) - set(places)
    followed = [diff.follow(line) for line in range(len(old))]
    assert followed == sorted(followed)
    assert 0 <= followed[0] <= followed[-1] < len(new)


# --- hunks -----------------------------------------------------------------------------------------------------


def test_a_hunk_has_what_went_what_came_and_the_lines_around() -> None:
    old, new = list("abcdefghij"), list("abcdEfghij")
    assert list(hunks(old, new, context=2)) == [
        Hunk(4, [(" ", "c"), (" ", "d"), ("-", "e"), ("+", "E"), (" ", "f"), (" ", "g")])
    ]


def test_differences_that_are_close_are_one_hunk_and_others_are_not() -> None:
    old = [str(number) for number in range(30)]
    new = [*old[:5], "x", *old[5:9], *old[10:25], *old[26:]]
    assert [hunk.line for hunk in hunks(old, new, context=2)] == [5, 25]
    assert [hunk.line for hunk in hunks(old, new, context=8)] == [5]


def test_what_is_the_same_has_no_hunks() -> None:
    assert list(hunks(["a"], ["a"])) == []
    assert list(hunks([], [])) == []


LETTERS = st.lists(st.sampled_from("abc"), max_size=20)


@given(LETTERS, LETTERS)
def test_hunks_hold_both_texts(old: list[str], new: list[str]) -> None:
    whole = [line for hunk in hunks(old, new, context=100) for line in hunk.lines]
    if old != new:
        assert [line for sign, line in whole if sign != "+"] == old
        assert [line for sign, line in whole if sign != "-"] == new


def test_texts_that_differ_much_are_told_apart_at_once() -> None:
    old, new = [f"a{number}" for number in range(50_000)], [f"b{number}" for number in range(50_000)]
    (hunk,) = hunks(old, new)
    assert len(hunk.lines) == 100_000
