"""Columns: how wide, and which are on screen."""

from hypothesis import given
from hypothesis import strategies as st

from kty.widgets.columns import GAP, SETTLE, WIDEST_GAP, Layout, Widths, lay_out
from tests.widgets.tables import FakeTime

PODS = [13, 43, 5, 16, 8, 5, 15, 23]
"""Namespace, Name, Ready, Status, Restarts, Age, IP, Node"""


def widths(layout: Layout) -> dict[int, int]:
    return {slot.column: slot.width for slot in layout.slots}


def test_a_column_grows_at_once() -> None:
    columns = Widths(FakeTime())
    columns.fit([5, 5])
    columns.fit([5, 9])
    assert columns.wanted == [5, 9]


def test_a_column_keeps_its_width_while_a_wide_cell_comes_and_goes() -> None:
    time = FakeTime()
    columns = Widths(time)
    for need in (20, 5, 20, 5, 20, 5):
        columns.fit([need])
        assert columns.wanted == [20]
        time.now += SETTLE * 0.6


def test_a_column_gives_up_room_once_nobody_needed_it_for_a_while() -> None:
    time = FakeTime()
    columns = Widths(time)
    columns.fit([20])
    time.now += SETTLE
    columns.fit([5])
    assert columns.wanted == [20], "the wide cell was there a moment ago"
    time.now += SETTLE
    columns.fit([6])
    assert columns.wanted == [6]


def test_a_cell_or_two_are_not_worth_moving_the_columns_for() -> None:
    time = FakeTime()
    columns = Widths(time)
    columns.fit([6])
    for _ in range(3):
        time.now += SETTLE
        columns.fit([4])
    assert columns.wanted == [6]


def test_other_columns_start_anew() -> None:
    columns = Widths(FakeTime())
    columns.fit([20, 5])
    columns.fit([3])
    assert columns.wanted == [3]


def test_where_there_is_room_every_column_is_whole_and_the_gaps_take_some_of_it() -> None:
    layout = lay_out(PODS, 300, frozen=2, skip=0)
    assert widths(layout) == dict(enumerate(PODS))
    assert layout.gap == WIDEST_GAP
    assert not layout.cut


def test_where_room_is_short_the_widest_gives_way_first_and_the_name_last() -> None:
    room = sum(PODS) + GAP * (len(PODS) - 1)
    assert widths(lay_out(PODS, room - 3, frozen=2, skip=0)) == dict(enumerate([13, 43, 5, 16, 8, 5, 15, 20]))
    without_namespace = [43, 5, 16, 8, 5]
    narrow = widths(lay_out(without_namespace, 58, frozen=1, skip=0))
    assert narrow == {0: 22, 1: 5, 2: 16, 3: 8}  # a word that says what is wrong stays whole: CrashLoopBackOff


def test_where_columns_are_hidden_a_cell_is_free_between_the_last_one_and_the_mark_that_says_so() -> None:
    layouts = [(room, lay_out(PODS, room, frozen=2, skip=0)) for room in range(40, 140)]
    hiding = [(room, layout.slots[-1]) for room, layout in layouts if layout.hidden]
    assert hiding
    assert all(last.x + last.width < room for room, last in hiding)


def test_columns_of_one_width_give_way_alike() -> None:
    assert widths(lay_out([5, 50, 50, 20], 99, frozen=1, skip=0)) == {0: 5, 1: 34, 2: 34, 3: 20}
    assert widths(lay_out([5, 50, 50, 20], 66, frozen=1, skip=0)) == {0: 5, 1: 18, 2: 18, 3: 19}


def test_columns_without_room_stay_outside() -> None:
    layout = lay_out(PODS, 58, frozen=2, skip=0)
    assert [slot.column for slot in layout.slots] == [0, 1, 2, 3]
    assert layout.hidden == 4
    assert layout.cut


def test_room_that_is_left_shows_the_beginning_of_the_next_column() -> None:
    wanted = [20, 12, 12, 100]
    assert widths(lay_out(wanted, 58, frozen=1, skip=0)) == {0: 20, 1: 12, 2: 12, 3: 8}
    assert widths(lay_out(wanted, 57, frozen=1, skip=0)) == {0: 20, 1: 12, 2: 12}


def test_scrolling_sideways_leaves_the_frozen_columns_and_makes_room_for_the_others() -> None:
    layout = lay_out(PODS, 58, frozen=2, skip=5)
    assert [slot.column for slot in layout.slots] == [0, 1, 7]
    assert widths(layout)[7] == PODS[7], "who scrolls wants to see it whole"
    assert layout.skipped == 5


def test_sideways_ends_where_the_last_column_is_whole() -> None:
    assert lay_out(PODS, 300, frozen=2, skip=9).skipped == 0
    layout = lay_out([10, 20, 20, 20, 20], 60, frozen=1, skip=9)
    assert layout.skipped == 2
    assert [slot.column for slot in layout.slots] == [0, 3, 4]


def test_a_cell_belongs_to_its_column_and_so_does_the_gap_behind() -> None:
    layout = lay_out([5, 5], 12, frozen=1, skip=0)
    assert [layout.column_at(x) for x in (-1, 0, 6, 7, 11)] == [None, 0, 0, 1, 1]
    assert layout.column_at(14) is None


def test_what_is_to_be_read_gets_room_before_names_do() -> None:
    events = [47, 9, 7, 16, 36, 5, 59]
    assert widths(lay_out(events, 148, frozen=1, skip=0))[6] < 30
    layout = widths(lay_out(events, 148, frozen=1, skip=0, sentences=[6]))
    assert layout == {0: 24, 1: 9, 2: 7, 3: 16, 4: 24, 5: 5, 6: 51}
    assert widths(lay_out(events, 300, frozen=1, skip=0, sentences=[6])) == dict(enumerate(events))


columns_wanted = st.lists(st.integers(0, 60), max_size=9)


@given(columns_wanted, st.integers(-2, 250), st.integers(0, 4), st.integers(0, 12), st.sets(st.integers(0, 8)))
def test_no_layout_leaves_its_room_or_gives_more_than_wanted(
    wanted: list[int], room: int, frozen: int, skip: int, sentences: set[int]
) -> None:
    layout = lay_out(wanted, room, frozen=frozen, skip=skip, sentences=sentences)
    end = 0
    for slot in layout.slots:
        assert slot.x >= end
        assert 0 <= slot.width <= wanted[slot.column]
        end = slot.x + slot.width
    assert end <= max(0, room)
    shown = [slot.column for slot in layout.slots]
    assert shown == sorted(shown)
    assert len(shown) + layout.hidden + layout.skipped == len(wanted)
    whole = [slot.width for slot in layout.slots] == [wanted[column] for column in shown] and not layout.hidden
    assert layout.cut == (not whole)


@given(columns_wanted.filter(bool), st.integers(60, 250), st.integers(0, 2))
def test_every_column_can_be_scrolled_to(wanted: list[int], room: int, frozen: int) -> None:
    seen = {
        slot.column
        for skip in range(len(wanted))
        for slot in lay_out(wanted, room, frozen=frozen, skip=skip).slots
        if slot.width == wanted[slot.column] or slot.width >= 8
    }
    assert seen == set(range(len(wanted)))
