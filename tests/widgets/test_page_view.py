"""The page view, at a terminal of its own."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import TypeAlias

from textual.app import ComposeResult

from kty.term.app import TerminalApp
from kty.term.terminal import Terminal
from kty.widgets.page_painter import PageLine
from kty.widgets.page_view import PageView
from tests.rigged.looking import style_at
from tests.sitting import Sitting, sitting_at


class PageApp(TerminalApp[None]):
    """Nothing but a page."""

    def __init__(self, terminal: Terminal, lines: Sequence[PageLine]) -> None:
        super().__init__(terminal)
        self.lines = lines

    def compose(self) -> ComposeResult:
        yield PageView()

    def on_mount(self) -> None:
        self.page.show(self.lines)
        self.page.focus()

    @property
    def page(self) -> PageView:
        return self.query_one(PageView)


Seat: TypeAlias = Sitting[PageApp]


@asynccontextmanager
async def reading(lines: Sequence[PageLine], size: tuple[int, int] = (30, 6), **more: object) -> AsyncIterator[Seat]:
    async with sitting_at(lambda terminal: PageApp(terminal, lines), size=size, env=dict(more)) as me:  # type: ignore[arg-type]
        yield me


def numbered(count: int, first: int = 0) -> list[PageLine]:
    return [((f"line {number}", ""),) for number in range(first, first + count)]


def shown(me: Seat) -> list[str]:
    return [line.rstrip("▐ ").strip() for line in me.screen.splitlines()]


async def test_it_scrolls_line_by_line_by_pages_and_to_the_ends() -> None:
    async with reading(numbered(20)) as me:
        await me.sees("line 0", "line 5")
        await me.press("j", "j")
        assert shown(me)[0] == "line 2"
        await me.press("k", "pagedown")
        assert shown(me)[0] == "line 6"
        await me.press("G")
        assert (shown(me)[0], shown(me)[-1]) == ("line 14", "line 19")
        await me.press("j", "pageup")
        assert shown(me)[0] == "line 9"
        await me.press("g", "k")
        assert shown(me)[0] == "line 0"


async def test_it_scrolls_sideways_as_far_as_the_longest_line() -> None:
    async with reading([(("a" * 40, ""), ("end", "bad")), (("short", ""),)]) as me:
        await me.sees("aaa", "short")
        await me.press(*"llll")
        await me.sees("end")
        assert shown(me)[0].endswith("aend")
        assert "short" not in me.screen
        await me.press(*"hhhh")
        await me.sees("short")


async def test_what_goes_on_beyond_an_edge_says_so() -> None:
    async with reading([(("a" * 40, ""), ("end", "bad")), (("b" * 28, ""),)]) as me:
        await me.sees("›")
        assert me.screen.splitlines()[:2] == [f" {'a' * 27}›", f" {'b' * 28}"]
        await me.press("l")
        assert me.screen.splitlines()[:2] == [f"‹{'a' * 27}›", f"‹{'b' * 20}"]
        await me.press("l")
        assert me.screen.splitlines()[0] == f"‹{'a' * 25}end"


async def test_the_first_line_is_shown_from_its_beginning() -> None:
    async with reading([(("a" * 40, ""), ("end", "bad")), (("short", ""),)]) as me:
        await me.press(*"llll")
        await me.sees("end")
        await me.press("g")
        await me.sees("short")


async def test_what_stands_at_the_top_stays_there_when_lines_come_and_go() -> None:
    async with reading(numbered(20)) as me:
        await me.press(*"jjjjj")
        assert shown(me)[0] == "line 5"
        me.app.page.show([*numbered(3, 100), *numbered(20)])
        await me.until(lambda: shown(me)[0] == "line 5", "the same line at the top")
        me.app.page.show(numbered(2, 4))
        await me.until(lambda: shown(me)[:2] == ["line 4", "line 5"], "what is left")


async def test_who_reads_the_first_line_sees_a_new_first_line() -> None:
    async with reading(numbered(20)) as me:
        me.app.page.show([*numbered(1, 100), *numbered(20)])
        await me.until(lambda: shown(me)[0] == "line 100", "the new first line")


async def test_who_reads_the_last_line_sees_a_new_last_line() -> None:
    async with reading(numbered(20)) as me:
        await me.press("G")
        me.app.page.show(numbered(25))
        await me.until(lambda: shown(me)[-1] == "line 24", "the new last line")


async def test_matches_are_found_across_the_texts_of_a_line_and_walked_through() -> None:
    lines: list[PageLine] = [*numbered(10), (("one ", ""), ("two", "bad"), (" three", "")), *numbered(5)]
    async with reading(lines) as me:
        assert me.app.page.search("e tW") == 0
        assert me.app.page.search("e two t") == 1
        await me.sees("one two three")
        assert me.app.page.found == "1/1"
        y = shown(me).index("one two three")
        styles = [style_at(me, x, y) for x in (1, 3, 6, 9, 11)]  # type: ignore[arg-type]
        assert styles[1].bgcolor == styles[2].bgcolor == styles[3].bgcolor
        assert styles[0].bgcolor == styles[4].bgcolor != styles[1].bgcolor
        assert me.app.page.search("line 1") == 2
        assert me.app.page.found == "1/2"
        await me.press("n")
        assert me.app.page.found == "2/2"
        await me.press("n")
        assert me.app.page.found == "1/2"
        await me.press("N")
        assert me.app.page.found == "2/2"
        me.app.page.search("")
        assert me.app.page.found == ""


async def test_the_search_goes_on_when_the_text_changes() -> None:
    async with reading(numbered(20)) as me:
        me.app.page.search("line 1")
        await me.press("n", "n")
        assert me.app.page.found == "3/11"
        me.app.page.show([*numbered(1, 1), *numbered(20)])
        assert me.app.page.found == "4/12"


async def test_tones_are_told_without_colour() -> None:
    async with reading([(("fails", "bad"), (" plain", ""))], NO_COLOR="1") as me:
        await me.sees("fails plain")
        assert style_at(me, 1, 0).bold  # type: ignore[arg-type]
        assert not style_at(me, 8, 0).bold  # type: ignore[arg-type]


async def test_a_narrow_window_and_a_wide_character_do_no_harm() -> None:
    async with reading([(("日本語" * 20, ""),)], size=(3, 2)) as me:
        await me.press("l", "G", "n")
        await me.resize(30, 6)
        await me.sees("本")


async def test_the_text_is_what_is_shown() -> None:
    async with reading([(("a  ", ""),), ((" b", "bad"), ("c", ""))]) as me:
        assert me.app.page.text == "a\n bc"
