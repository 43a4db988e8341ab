"""The cursor against a model, while lines come, go and move."""

from collections.abc import Hashable

from hypothesis import given, settings
from hypothesis import strategies as st

from kty.widgets.cursor import Cursor
from tests.widgets.tables import Rows, numbered

ROWS = 7


def placed(rows: Rows, index: int, top: int = 0) -> Cursor:
    cursor = Cursor()
    cursor.follow(rows, ROWS)
    cursor.place(index, rows, ROWS, top=top)
    return cursor


def test_it_stays_on_its_object_and_in_its_place_on_screen() -> None:
    rows = numbered(50)
    cursor = placed(rows, 20, top=18)
    rows.keys[:0] = ["new-1", "new-2"]
    cursor.follow(rows, ROWS)
    assert (cursor.key, cursor.index, cursor.top) == ("pod-0020", 22, 20)


def test_where_its_object_is_gone_the_line_in_its_place_is_next() -> None:
    rows = numbered(50)
    cursor = placed(rows, 20, top=18)
    rows.keys.remove("pod-0020")
    cursor.follow(rows, ROWS)
    assert (cursor.key, cursor.index, cursor.top) == ("pod-0021", 20, 18)


def test_it_stays_on_the_first_line_until_somebody_places_it() -> None:
    rows = numbered(50)
    cursor = Cursor()
    cursor.follow(rows, ROWS)
    rows.keys.insert(0, "new")
    cursor.follow(rows, ROWS)
    assert (cursor.key, cursor.index, cursor.top) == ("new", 0, 0)


def test_it_stays_on_the_first_object_once_somebody_placed_it_there() -> None:
    rows = numbered(50)
    cursor = placed(rows, 0)
    rows.keys.insert(0, "new")
    cursor.follow(rows, ROWS)
    assert cursor.key == "pod-0000"


def test_it_goes_to_an_expected_object_when_that_comes() -> None:
    rows = numbered(3)
    cursor = Cursor()
    cursor.expect("pod-0030")
    cursor.follow(rows, ROWS)
    assert cursor.index == 0
    rows.keys = numbered(50).keys
    cursor.follow(rows, ROWS)
    assert cursor.key == "pod-0030"
    assert cursor.top <= 30 < cursor.top + ROWS


def test_a_person_who_moves_meanwhile_is_not_called_back() -> None:
    rows = numbered(3)
    cursor = Cursor()
    cursor.expect("pod-0030")
    cursor.place(1, rows, ROWS)
    rows.keys = numbered(50).keys
    cursor.follow(rows, ROWS)
    assert cursor.key == "pod-0001"


def test_it_comes_back_to_its_object_when_all_lines_were_gone_for_a_while() -> None:
    rows = numbered(50)
    cursor = placed(rows, 20)
    rows.keys = []
    cursor.follow(rows, ROWS)
    assert cursor.key is None
    rows.keys = numbered(50).keys
    cursor.follow(rows, ROWS)
    assert cursor.key == "pod-0020"


def test_scrolling_takes_it_along_only_at_the_edge() -> None:
    rows = numbered(50)
    cursor = placed(rows, 5)
    cursor.scroll(3, rows, ROWS)
    assert (cursor.index, cursor.top) == (5, 3)
    cursor.scroll(3, rows, ROWS)
    assert (cursor.index, cursor.top) == (6, 6)
    cursor.scroll(-6, rows, ROWS)
    assert (cursor.index, cursor.top) == (6, 0)
    cursor.scroll(-1, rows, ROWS)
    assert (cursor.index, cursor.top) == (6, 0)
    cursor.scroll(500, rows, ROWS)
    assert (cursor.index, cursor.top) == (43, 43)


keys = st.lists(st.integers(0, 30).map(str), unique=True, max_size=25)


@settings(max_examples=400)
@given(st.lists(st.tuples(keys, st.integers(-3, 30), st.integers(1, 9)), min_size=1))
def test_it_keeps_its_object_its_place_and_the_screen_whatever_happens(
    steps: list[tuple[list[str], int, int]],
) -> None:
    rows = Rows()
    cursor = Cursor()
    has_moved = False
    lost: Hashable | None = None
    for keys_now, move, height in steps:
        before, index, place = cursor.key, cursor.index, cursor.index - cursor.top
        rows.keys = keys_now
        cursor.follow(rows, height)
        if not has_moved:
            assert cursor.index == cursor.top == 0
        elif lost in keys_now:
            assert cursor.key == lost
            lost = None
        elif before in keys_now:
            assert cursor.key == before
            if place < height:
                assert cursor.top == max(0, min(cursor.index - place, len(keys_now) - height))
        else:
            assert cursor.index == max(0, min(index, len(keys_now) - 1))
        if has_moved and before is not None and not keys_now:
            lost = before
        assert cursor.key == (keys_now[cursor.index] if keys_now else None)
        assert not keys_now or cursor.top <= cursor.index < cursor.top + height
        assert 0 <= cursor.top <= max(0, len(keys_now) - height)
        if move >= 0:
            has_moved, lost = True, None
            cursor.place(move, rows, height)
            assert cursor.index == max(0, min(move, len(keys_now) - 1))
