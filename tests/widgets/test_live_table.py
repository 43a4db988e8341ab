"""The table as a person sees it."""

import asyncio
import gc
import weakref
from collections.abc import AsyncIterator, Callable, Collection, Hashable
from contextlib import asynccontextmanager

import pytest
from rich.segment import Segment
from textual import events
from textual.filter import LineFilter, Monochrome, NoColor
from textual.geometry import Region
from textual.pilot import Pilot

from kty.term.strips import LineStrip
from kty.widgets.flashes import FLASH
from kty.widgets.live_table import Heading, LiveTable
from tests.widgets.tables import HEADINGS, Rows, TableApp, numbered

Sitting = tuple[TableApp, Pilot[None]]


@asynccontextmanager
async def sitting(
    rows: Rows, size: tuple[int, int] = (60, 12), *, frozen: int = 1, empty: str = ""
) -> AsyncIterator[Sitting]:
    app = TableApp(rows, frozen=frozen, empty=empty)
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        yield app, pilot


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(30):
        while not condition():  # noqa: ASYNC110 - the screen tells nobody that it changed
            await asyncio.sleep(0.01)


def wheel(app: TableApp, *, down: bool, shift: bool = False) -> None:
    kind = events.MouseScrollDown if down else events.MouseScrollUp
    app.table.post_message(kind(app.table, 3, 3, delta_x=0, delta_y=0, button=0, shift=shift, meta=False, ctrl=False))


async def test_it_shows_headings_and_lines() -> None:
    rows = numbered(2)
    rows.cells["pod-0001"] = ("pod-0001", "CrashLoopBackOff", "12", "4d")
    async with sitting(rows) as (app, _):
        assert [line.rstrip() for line in app.screen_lines[:4]] == [
            " Name        Status              Restarts    Age",
            " pod-0000    Running                    0    5s",
            " pod-0001    CrashLoopBackOff          12    4d",
            "",
        ]


async def test_fifty_thousand_lines_cost_only_those_on_screen() -> None:
    rows = numbered(50_000)
    async with sitting(rows, (80, 24)) as (app, pilot):
        assert sorted(rows.asked) == list(range(23))
        rows.asked.clear()
        await pilot.press("end", "up")
        assert rows.asked == list(range(50_000 - 23, 50_000))
        assert app.names[-1] == "pod-49999"
        rows.asked.clear()
        await pilot.press("home", *["down"] * 24)
        assert sorted(rows.asked) == list(range(25)), "each line is asked for once"


async def test_keys_move_the_cursor() -> None:
    async with sitting(numbered(100)) as (app, pilot):
        for key, index in [
            ("j", 1),
            ("down", 2),
            ("k", 1),
            ("up", 0),
            ("up", 0),
            ("ctrl+f", 10),
            ("pagedown", 20),
            ("ctrl+b", 10),
            ("pageup", 0),
            ("G", 99),
            ("down", 99),
            ("g", 0),
            ("end", 99),
            ("home", 0),
        ]:
            await pilot.press(key)
            assert app.table.cursor == index, key
            assert app.table.cursor_key == f"pod-{index:04}"
            assert app.names[app.cursor_y - 1] == app.table.cursor_key, "it is on screen"


async def test_a_page_keeps_one_line_and_the_place_of_the_cursor() -> None:
    async with sitting(numbered(100)) as (app, pilot):
        await pilot.press("down", "down", "pagedown")
        assert app.names[0] == "pod-0010"
        assert app.cursor_y == 3


async def test_keys_can_be_bound_to_others() -> None:
    async with sitting(numbered(9)) as (app, pilot):
        app.set_keymap({"table.down": "n", "table.open": "o"})
        await pilot.press("n", "o")
        assert app.said[-1] == ("selected", "pod-0001")


async def test_enter_opens_the_line_under_the_cursor() -> None:
    async with sitting(numbered(9)) as (app, pilot):
        await pilot.press("j", "enter")
        assert app.said == [("moved", "pod-0000"), ("moved", "pod-0001"), ("selected", "pod-0001")]


async def test_the_cursor_stays_on_its_object_and_its_line_on_the_screen() -> None:
    rows = numbered(100)
    async with sitting(rows) as (app, pilot):
        await pilot.press("pagedown", "pagedown", "up")
        assert (app.table.cursor_key, app.cursor_y) == ("pod-0019", app.cursor_y)
        y = app.cursor_y
        app.said.clear()
        rows.keys[:0] = ["new-1", "new-2", "new-3"]
        app.table.refresh_lines({"new-1", "new-2", "new-3"})
        await pilot.pause()
        assert app.names[y - 1] == "pod-0019"
        assert app.cursor_y == y
        assert app.said == []


async def test_the_line_in_the_place_of_one_that_went_gets_the_cursor() -> None:
    rows = numbered(5)
    async with sitting(rows) as (app, pilot):
        await pilot.press("end")
        app.said.clear()
        rows.keys.pop()
        app.table.refresh_lines({"pod-0004"})
        await pilot.pause()
        assert app.said == [("moved", "pod-0003")]
        rows.keys.clear()
        app.table.refresh_lines()
        await pilot.press("enter", "down")
        assert app.said == [("moved", "pod-0003"), ("moved", None)]


async def test_an_untouched_table_shows_its_first_line_whatever_comes() -> None:
    rows = numbered(50)
    async with sitting(rows) as (app, _):
        rows.keys.insert(0, "new")
        app.table.refresh_lines({"new"})
        assert app.table.cursor_key == "new"
        assert app.names[0] == "new"


async def test_the_cursor_waits_for_an_object_that_is_not_there_yet() -> None:
    rows = Rows()
    async with sitting(rows) as (app, _):
        app.table.cursor_key = "pod-0070"
        rows.keys = numbered(100).keys
        app.table.refresh_lines()
        assert app.table.cursor_key == "pod-0070"
        assert app.names[app.cursor_y - 1] == "pod-0070"


async def test_lines_that_went_before_anybody_said_so_do_no_harm() -> None:
    rows = numbered(50)
    async with sitting(rows) as (app, pilot):
        await pilot.press("end")
        del rows.keys[3:]
        await pilot.press("up")
        assert app.names == ["pod-0000", "pod-0001", "pod-0002"]
        await pilot.click(LiveTable, offset=(3, 1))
        assert app.table.cursor_key == "pod-0000"


async def test_columns_that_came_before_anybody_said_so_do_no_harm() -> None:
    rows = numbered(5)
    async with sitting(rows) as (app, pilot):
        rows.headings = [*HEADINGS, Heading("Node")]
        await pilot.press("down")
        assert app.screen_lines[0].split() == ["Name", "Status", "Restarts", "Age", "Node"]
        assert app.screen_lines[1].split() == ["pod-0000", "Running", "0", "5s"]
        rows.headings = HEADINGS[:2]
        await pilot.press("down")
        assert app.screen_lines[1].split() == ["pod-0000", "Running"]


async def test_a_key_means_what_is_on_screen_though_lines_came_meanwhile() -> None:
    rows = numbered(50)
    async with sitting(rows) as (app, pilot):
        await pilot.press("down")
        rows.keys.insert(0, "new")
        await pilot.press("down")
        assert app.said[-1] == ("moved", "pod-0002")
        rows.keys.insert(0, "newer")
        await pilot.press("pagedown")
        assert app.said[-1] == ("moved", "pod-0012")


async def test_only_the_lines_that_changed_are_painted() -> None:
    rows = numbered(50)
    async with sitting(rows) as (app, _):
        app.table.repainted.clear()
        rows.cells["pod-0003"] = ("pod-0003", "Failed", "0", "5s")
        rows.cells["pod-0030"] = ("pod-0030", "Failed", "0", "5s")
        app.table.refresh_lines({"pod-0003", "pod-0030"})
        assert app.table.repainted == {4}
        assert "Failed" in app.screen_lines[4]


async def test_a_tick_paints_only_what_shows_another_age() -> None:
    rows = numbered(50)
    rows.cells["pod-0002"] = ("pod-0002", "Running", "0", "4d")
    async with sitting(rows) as (app, _):
        app.table.tick()
        app.table.repainted.clear()
        app.table.tick()
        assert app.table.repainted == set()
        rows.age = "6s"
        app.table.tick()
        assert app.table.repainted == {1, 2, *range(4, 12)}
        assert "6s" in app.screen_lines[1]


async def test_a_tick_asks_only_for_lines_that_may_read_otherwise() -> None:
    class Aging(Rows):
        old: frozenset[str] = frozenset()

        def aged(self, keys: Collection[Hashable], /) -> Collection[Hashable]:
            return self.old

    rows = Aging([f"pod-{number:04}" for number in range(50)])
    async with sitting(rows) as (app, _):
        app.table.tick()
        rows.asked.clear()
        app.table.tick()
        assert rows.asked == []
        rows.old, rows.age = frozenset({"pod-0004", "pod-0033"}), "7s"
        app.table.repainted.clear()
        app.table.tick()
        assert (rows.asked, app.table.repainted) == ([4], {5})
        assert [("7s" in line) for line in app.screen_lines[4:7]] == [False, True, False]
        rows.age = "100000s"  # the column gets wider: all lines stand otherwise
        app.table.tick()
        assert len(app.table.repainted) == app.table.size.height


async def test_moving_the_cursor_paints_two_lines() -> None:
    async with sitting(numbered(50)) as (app, pilot):
        app.table.repainted.clear()
        await pilot.press("down")
        assert app.table.repainted == {1, 2}


async def test_what_matched_is_highlighted_where_it_stands() -> None:
    rows = numbered(2)
    rows.cells["pod-0001"] = ("pod-0001", "CrashLoopBackOff", "12", "4d")
    rows.marks["pod-0001"] = ((0, 4, 6), (1, 9, 13), (2, 0, 2))
    async with sitting(rows) as (app, pilot):
        plain = app.style_at(1, 2).bgcolor
        await pilot.press("down", "up")
        line = app.screen_lines[2]
        marked = "".join(text for x, text in enumerate(line) if app.style_at(x, 2).bgcolor != plain)
        assert marked == "00" + "Back" + "12"


async def test_a_highlight_that_is_cut_off_is_shown_at_the_ellipsis() -> None:
    name = "web-frontend-7d9f8b6c5d-x2x4z"
    rows = Rows([name, "b"], [Heading("Name")])
    rows.cells = {name: (name,), "b": ("b",)}
    rows.marks[name] = ((0, 0, 3), (0, 14, 18), (0, 24, 29))
    async with sitting(rows, (22, 5)) as (app, pilot):
        await pilot.press("end")
        line = app.screen_lines[1]
        plain = app.style_at(21, 1).bgcolor
        marked = "".join(text for x, text in enumerate(line) if app.style_at(x, 1).bgcolor != plain)
        assert marked == "web" + "…" + "x2x4z"


async def test_tones_are_told_apart_and_stay_so_under_the_cursor() -> None:
    rows = numbered(6)
    tones = ["", "good", "busy", "warn", "bad", "dim"]
    rows.tones = dict(zip(rows.keys, tones, strict=True))
    async with sitting(rows) as (app, pilot):
        for theme in ("textual-dark", "textual-light"):
            app.theme = theme
            await pilot.press("home")
            inks = []
            for _ in tones:
                inks.append(app.style_at(14, app.cursor_y).color)
                await pilot.press("down")
            assert len(set(inks)) == len(tones)
            await pilot.press("home")
            # What is dim is less so under the cursor, where it could not be read.
            assert [app.style_at(14, y).color for y in range(2, 6)] == inks[1:5]


async def test_the_name_stands_out_from_what_else_is_said() -> None:
    rows = Rows(["a"], [Heading("Namespace"), Heading("Name"), Heading("Status")])
    rows.cells["a"] = ("web", "pod-1", "Running")
    async with sitting(rows, frozen=2) as (app, _):
        namespace, name, status = (app.style_at(app.screen_lines[1].index(cell), 1) for cell in rows.cells["a"])
        assert namespace == status != name


@pytest.mark.parametrize("line_filter", [NoColor(), Monochrome()])
async def test_without_colours_the_cursor_is_reversed_and_what_matched_underlined(line_filter: LineFilter) -> None:
    rows = numbered(5)
    rows.marks["pod-0002"] = ((0, 0, 3),)
    rows.tones["pod-0003"] = "bad"
    async with sitting(rows) as (app, pilot):
        app._filters.append(line_filter)
        assert app.style_at(1, 1).reverse, "at once"
        await pilot.press("down")
        assert [app.style_at(1, y).reverse for y in range(1, 6)] == [None, True, None, None, None]
        assert app.style_at(1, 3).underline
        assert not app.style_at(5, 3).underline
        assert app.style_at(1, 4).bold
        await pilot.press("down", "down")
        line = [app.style_at(x, 4) for x in range(60)]
        assert {style.reverse for style in line} == {True}
        assert len({(style.color, style.bgcolor) for style in line}) == 1, "no holes in it"


async def test_a_match_makes_no_hole_in_the_cursor_in_the_terminal_s_own_colours() -> None:
    rows = numbered(5)
    rows.marks["pod-0000"] = ((0, 0, 3),)
    async with sitting(rows) as (app, pilot):
        app.theme = "ansi-dark"
        await pilot.pause()
        assert app.style_at(1, 1).underline
        assert len({app.style_at(x, 1).bgcolor for x in range(60)}) == 1


async def test_what_changed_is_marked_for_a_moment() -> None:
    async with sitting(numbered(50)) as (app, _):
        app.table.repainted.clear()
        app.table.flash({"pod-0002", "pod-0040"})
        assert [line[0] for line in app.screen_lines[1:5]] == [" ", " ", "▎", " "]
        assert app.table.repainted == {3}
        app.time.now += FLASH - 0.1
        app.table.tick()
        assert app.screen_lines[3][0] == "▎"
        app.time.now += 0.1
        app.table.tick()
        assert app.screen_lines[3][0] == " "


async def test_a_mark_ends_without_anybody_asking() -> None:
    async with sitting(numbered(50)) as (app, _):
        app.table.flash({"pod-0002"})
        app.time.now += FLASH
        await until(lambda: app.screen_lines[3][0] == " ")


async def test_columns_are_as_wide_as_what_is_on_screen_needs() -> None:
    rows = numbered(50)
    rows.cells["pod-0020"] = ("pod-0020", "ContainerCreating", "0", "5s")
    async with sitting(rows) as (app, pilot):
        narrow = app.screen_lines[0].index("Restarts")
        await pilot.press("pagedown", "pagedown")
        wide = app.screen_lines[0].index("Restarts")
        assert wide == narrow + len("ContainerCreating") - len("Running")
        await pilot.press("home")
        assert app.screen_lines[0].index("Restarts") == wide, "no jitter"
        for _ in range(2):
            app.time.now += 10
            app.table.tick()
        assert app.screen_lines[0].index("Restarts") == narrow


async def test_a_name_that_is_cut_keeps_both_ends() -> None:
    rows = Rows(["web-frontend-7d9f8b6c5d-x2x4z"], [Heading("Name")])
    rows.cells[rows.keys[0]] = (rows.keys[0],)
    async with sitting(rows, (22, 5)) as (app, _):
        assert app.screen_lines[1] == " web-frontend…d-x2x4z "


async def test_wide_characters_keep_the_columns_in_line() -> None:
    rows = Rows(["a", "b"], HEADINGS[:2])
    rows.cells = {"a": ("日本語", "한국어"), "b": ("e\u0301te\u0301", "🎉 ok")}
    async with sitting(rows) as (app, _):
        assert [line.rstrip() for line in app.screen_lines[1:3]] == [
            " 日本語    한국어",
            " e\u0301te\u0301       🎉 ok",
        ]
        assert {app.table.render_line(y).cell_length for y in range(12)} == {60}


async def test_left_and_right_scroll_the_columns_behind_the_name() -> None:
    headings = [Heading(f"Column{number}") for number in range(9)]
    rows = Rows(["a"], headings)
    rows.cells["a"] = tuple(f"value-{number}-long" for number in range(9))
    async with sitting(rows) as (app, pilot):
        assert app.screen_lines[0].endswith(" ›")
        assert "Column8" not in app.screen_lines[0]
        await pilot.press("right", "right")
        assert app.screen_lines[0].startswith(" Column0     ‹ Column3")
        await pilot.press(*["right"] * 20)
        assert "value-8-long" in app.screen_lines[1]
        assert app.screen_lines[0].endswith(" ")
        assert app.screen_lines[1].split() == [f"value-{number}-long" for number in (0, 6, 7, 8)]
        await pilot.press("left")
        assert app.screen_lines[0].split()[1:3] == ["‹", "Column5"]
        await pilot.press(*["left"] * 20)
        assert app.screen_lines[0].startswith(" Column0       Column1")
        wheel(app, down=True, shift=True)
        await pilot.pause()
        assert "Column1" not in app.screen_lines[0]


async def test_a_wider_terminal_brings_columns_back() -> None:
    headings = [Heading(f"Column{number}") for number in range(9)]
    rows = Rows(["a"], headings)
    rows.cells["a"] = tuple(f"value-{number}-long" for number in range(9))
    async with sitting(rows) as (app, pilot):
        await pilot.press("l", "l")
        await pilot.resize_terminal(200, 12)
        await pilot.pause()
        assert "Column1" in app.screen_lines[0]
        assert "‹" not in app.screen_lines[0]


async def test_headings_show_the_sort_and_say_when_they_are_clicked() -> None:
    rows = numbered(3)
    async with sitting(rows) as (app, pilot):
        rows.headings = [*HEADINGS[:2], HEADINGS[2]._replace(arrow="down"), HEADINGS[3]]
        app.table.refresh_lines()
        assert "Restarts ↓" in app.screen_lines[0]
        app.said.clear()
        await pilot.click(LiveTable, offset=(app.screen_lines[0].index("Restarts") + 2, 0))
        await pilot.click(LiveTable, offset=(1, 0))
        await pilot.click(LiveTable, offset=(59, 0))
        assert app.said == [("heading", 2), ("heading", 0)]


async def test_a_click_moves_the_cursor_and_a_second_one_opens() -> None:
    async with sitting(numbered(30)) as (app, pilot):
        app.said.clear()
        await pilot.click(LiveTable, offset=(5, 4))
        assert app.said == [("moved", "pod-0003")]
        await pilot.click(LiveTable, offset=(5, 4), times=2)
        assert app.said == [("moved", "pod-0003"), ("selected", "pod-0003")]
        app.table.lines = numbered(2)
        await pilot.click(LiveTable, offset=(5, 9))
        assert app.table.cursor_key == "pod-0000"


async def test_a_second_click_opens_nothing_where_the_first_one_met_another_object() -> None:
    rows = numbered(30)
    async with sitting(rows) as (app, pilot):
        await pilot.click(LiveTable, offset=(5, 4))
        rows.keys.remove("pod-0003")
        app.table.refresh_lines({"pod-0003"})
        second = events.Click(app.table, 5, 4, 0, 0, 1, False, False, False, chain=2)
        second._set_forwarded()
        app.table.post_message(second)
        await pilot.pause()
        assert app.said == [("moved", "pod-0000"), ("moved", "pod-0003"), ("moved", "pod-0004")]


async def test_the_wheel_scrolls_three_lines_and_keeps_the_cursor_in_sight() -> None:
    async with sitting(numbered(100)) as (app, pilot):
        await pilot.press(*["down"] * 4)
        wheel(app, down=True)
        await pilot.pause()
        assert (app.names[0], app.table.cursor_key) == ("pod-0003", "pod-0004")
        wheel(app, down=True)
        await pilot.pause()
        assert (app.names[0], app.table.cursor_key) == ("pod-0006", "pod-0006")
        for _ in range(3):
            wheel(app, down=False)
        await pilot.pause()
        assert app.names[0] == "pod-0000"


async def test_a_mark_at_the_right_says_where_we_are() -> None:
    async with sitting(numbered(1000)) as (app, pilot):
        assert [line[-1] for line in app.screen_lines[1:]] == ["▐", *[" "] * 10]
        await pilot.press("end")
        assert [line[-1] for line in app.screen_lines[1:]] == [*[" "] * 10, "▐"]
        app.table.lines = numbered(11)
        assert {line[-1] for line in app.screen_lines} == {" "}


async def test_an_empty_table_says_why() -> None:
    rows = Rows()
    async with sitting(rows, empty="no pods in web") as (app, _):
        assert app.screen_lines[6] == "no pods in web".center(60)
        assert app.screen_lines[0].startswith(" Name")
        app.table.repainted.clear()
        app.table.tick()
        assert app.table.repainted == set()
        app.table.empty = "nothing matches, and this is said at much too great a length for one line"
        assert app.screen_lines[5] == "nothing matches, and this is said at much too great a".center(60)
        assert app.screen_lines[6] == "length for one line".center(60)
        rows.keys.append("pod")
        app.table.refresh_lines()
        assert not any("nothing" in line for line in app.screen_lines)


async def test_other_lines_start_at_the_top() -> None:
    async with sitting(numbered(100)) as (app, pilot):
        await pilot.press("end", "l")
        app.table.lines = Rows(["other-1", "other-2"], [Heading("What")])
        assert app.table.cursor_key == "other-1"
        assert app.screen_lines[0].split() == ["What"]


@pytest.mark.parametrize(("columns", "count"), [(0, 0), (0, 100), (1, 1), (4, 0), (4, 100)])
async def test_any_size_will_do(columns: int, count: int) -> None:
    rows = numbered(count)
    rows.headings = HEADINGS[:columns]
    async with sitting(rows, empty="nothing here") as (app, pilot):
        for width, height in [(1, 1), (2, 2), (3, 1), (7, 3), (20, 1), (60, 15), (300, 4), (1, 40)]:
            await pilot.resize_terminal(width, height)
            await pilot.press("down", "l", "end", "h", "pageup")
            strips = [app.table.render_line(y) for y in range(height)]
            assert {strip.cell_length for strip in strips} == {width}
            assert {sum(len(segment.text) for segment in strip) for strip in strips} == {width}


async def test_the_only_line_there_is_room_for_is_the_cursor_s() -> None:
    async with sitting(numbered(9), (40, 1)) as (app, pilot):
        await pilot.press("down")
        assert app.screen_lines[0].split()[0] == "pod-0001"


async def test_another_theme_paints_everything_anew() -> None:
    async with sitting(numbered(9)) as (app, pilot):
        dark = app.style_at(1, 2)
        app.theme = "textual-light"
        await pilot.pause()
        assert app.style_at(1, 2) != dark


async def test_a_part_of_the_table_can_be_painted_alone() -> None:
    async with sitting(numbered(9)) as (app, _):
        part = app.table.render_lines(Region(5, 2, 6, 3))
        assert [strip.text for strip in part] == ["0001  ", "0002  ", "0003  "]
        assert {strip.cell_length for strip in part} == {6}


async def test_what_changed_off_screen_is_marked_once_it_is_seen() -> None:
    async with sitting(numbered(50)) as (app, pilot):
        app.table.repainted.clear()
        assert app.table.shows({"pod-0003"})
        assert not app.table.shows({"pod-0040"})
        app.table.note({"pod-0040"})
        assert app.table.repainted == set()
        await pilot.press("end")
        row = next(y for y, line in enumerate(app.screen_lines) if "pod-0040" in line)
        assert app.screen_lines[row][0] == "▎"
        app.time.now += FLASH
        await until(lambda: app.screen_lines[row][0] == " ")


async def test_nothing_new_is_not_even_composed() -> None:
    rows = numbered(50)
    async with sitting(rows) as (app, _):
        frame = app.table._frame
        app.table.refresh_lines({"pod-0040"})
        app.table.tick()
        assert app.table._frame is frame
        rows.age = "6s"
        app.table.tick()
        assert app.table._frame is not frame


def test_a_line_does_not_keep_itself() -> None:
    strip = LineStrip([Segment("abc")], 3)
    assert list(strip.divide([3])) == [strip]
    assert [each.text for each in strip.divide([1, 3])] == ["a", "bc"]
    gone = weakref.ref(strip)
    gc.disable()
    try:
        del strip
        assert gone() is None
    finally:
        gc.enable()
