"""Logs on a screen: what is seen, what stays where it is, and what keys do."""

import asyncio
from collections.abc import Callable
from datetime import timedelta, timezone

import pytest
from rich.style import Style
from textual.app import App, ComposeResult
from textual.filter import Monochrome

from kty.widgets import log_text
from kty.widgets.log_filter import parse, phrase
from kty.widgets.log_ring import LogRing
from kty.widgets.log_view import LogView

AT = 1_764_108_822_123_456_789
"""2025-11-25T22:13:42.123456789Z"""


class LogApp(App[None]):
    """Shows one view of one ring."""

    ENABLE_COMMAND_PALETTE = False

    def __init__(self, limit: int = 1 << 20) -> None:
        super().__init__()
        self.ring = LogRing(limit)
        self.time = AT / 1e9 + 90
        zone = timezone(timedelta(hours=2))
        self.view = LogView(self.ring, now=lambda: self.time, zone=zone, empty="nothing yet")

    def compose(self) -> ComposeResult:
        yield self.view

    def on_mount(self) -> None:
        self.view.focus()

    def say(self, *lines: str | bytes, source: int = 0) -> None:
        raw = [line if isinstance(line, bytes) else line.encode() for line in lines]
        self.ring.append(source, raw, [AT + index * 10**9 for index in range(len(raw))])
        self.view.refresh_lines()

    def count(self, start: int, stop: int) -> None:
        self.say(*[f"line {number}" for number in range(start, stop)])

    @property
    def lines(self) -> list[str]:
        """The text of every line, without the marks at its edges."""
        return [self.view.render_line(y).text[1:-1].rstrip() for y in range(self.view.size.height)]

    def style(self, x: int, y: int) -> Style:
        for segment in self.view.render_line(y):
            if x < segment.cell_length:
                return segment.style or Style()
            x -= segment.cell_length
        raise AssertionError("outside")

    def style_of(self, text: str) -> Style:
        y, line = next((y, line) for y, line in enumerate(self.lines) if text in line)
        return self.style(line.index(text) + 1, y)

    async def until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(30):
            while not condition():  # noqa: ASYNC110 - the screen tells nobody that it changed
                await asyncio.sleep(0.005)


async def test_the_newest_lines_are_followed() -> None:
    app = LogApp()
    async with app.run_test(size=(20, 4)):
        assert app.lines == ["", "", "nothing yet", ""]
        app.count(0, 2)
        assert app.lines == ["line 0", "line 1", "", ""]
        app.count(2, 10)
        assert app.lines == ["line 6", "line 7", "line 8", "line 9"]
        assert app.view.is_following


async def test_scrolling_up_pauses_and_what_comes_is_kept_and_counted() -> None:
    app = LogApp()
    async with app.run_test(size=(20, 4)) as pilot:
        app.count(0, 10)
        await pilot.press("k", "k")
        assert app.lines == ["line 4", "line 5", "line 6", "line 7"]
        app.count(10, 30)
        assert app.lines == ["line 4", "line 5", "line 6", "line 7"]
        assert (app.view.is_following, app.view.new) == (False, 20)
        await pilot.press("j")
        assert app.lines[0] == "line 5"
        await pilot.press("pagedown")
        assert app.lines[0] == "line 8"
        await pilot.press("G")
        assert app.lines[-1] == "line 29"
        assert (app.view.is_following, app.view.new) == (True, 0)
        await pilot.press("g")
        assert app.lines[0] == "line 0"
        await pilot.press("pageup", "k")
        assert app.lines[0] == "line 0"


async def test_the_text_stays_still_while_older_lines_go() -> None:
    app = LogApp(limit=20_000)
    async with app.run_test(size=(20, 4)) as pilot:
        app.count(0, 500)
        await pilot.press("k")
        seen = app.lines
        app.count(500, 1000)
        assert app.ring.first > 0
        assert app.lines == seen
        app.count(1000, 3000)
        assert app.lines[0] == f"line {app.ring.first}", "what was on screen has gone"


async def test_a_pause_shows_nothing_new_until_the_end_is_asked_for() -> None:
    app = LogApp()
    async with app.run_test(size=(20, 4)):
        app.count(0, 4)
        app.view.pause()
        app.count(4, 6)
        assert (app.lines[-1], app.view.new) == ("line 3", 2)
        app.view.follow()
        assert app.lines[-1] == "line 5"


async def test_a_screen_that_grows_is_filled_from_above() -> None:
    app = LogApp()
    async with app.run_test(size=(20, 3)) as pilot:
        app.count(0, 10)
        app.view.pause()
        await pilot.resize_terminal(20, 5)
        await app.until(lambda: app.lines == [f"line {number}" for number in range(5, 10)])


async def test_a_filter_leaves_lines_out_and_its_end_brings_them_back() -> None:
    app = LogApp()
    async with app.run_test(size=(20, 4)) as pilot:
        app.count(0, 2000)
        app.ring.note(0, "restarted")
        app.view.filter_by(parse("7 !1"))
        await app.until(lambda: app.view.passing[1])
        assert app.lines[2:] == ["line 997", "── restarted ─────"]
        app.say("line 27", "line 28")
        assert app.lines[-1] == "line 27"
        await pilot.press("k")
        assert app.lines[-1] == "── restarted ─────"
        app.say("line 70")
        assert app.view.new == 1
        app.view.filter_by(None)
        assert app.lines[0] in ("line 979", "line 987")
        assert [line.text for line in app.view.wanted_lines()][-1] == b"line 70"


async def test_a_search_finds_what_is_said_between_lines() -> None:
    app = LogApp()
    async with app.run_test(size=(20, 6)) as pilot:
        app.count(0, 1000)
        app.ring.note(0, "was cut")
        app.ring.note(0, "other")
        app.count(1000, 3000)
        app.view.search(phrase("cut"))
        await app.until(lambda: app.view.found == "1/1")
        assert "── was cut ───────" in app.lines
        await pilot.press("n")
        assert app.view.found == "1/1"


async def test_a_search_marks_what_it_finds_over_the_whole_ring() -> None:
    app = LogApp()
    async with app.run_test(size=(20, 6)) as pilot:
        app.count(0, 3000)
        app.view.search(phrase("line 77"))
        await app.until(lambda: app.view.found == "11/11")
        assert "line 779" in app.lines
        assert app.lines.index("line 779") == 2, "with some of what stands before it"
        await pilot.press("N")
        assert ("line 778" in app.lines, app.view.found) == (True, "10/11")
        marked = app.style_of("line 778")
        assert marked.bgcolor != app.style_of("line 777").bgcolor != app.view.rich_style.bgcolor
        await pilot.press("n", "n")
        assert ("line 77" in app.lines, app.view.found) == (True, "1/11")
        app.say("line 777 again")
        assert app.view.found == "1/12"
        await pilot.press("N")
        assert app.lines[-1] == "line 777 again"
        app.view.search(None)
        assert app.view.found == ""


async def test_lines_wrap_and_the_screen_moves_by_rows() -> None:
    app = LogApp()
    async with app.run_test(size=(12, 4)) as pilot:
        app.say("short", "0123456789abcdefghij", "wide 日本語日本語")
        app.view.change_look(wrap=True)
        assert app.lines == ["0123456789", "abcdefghij", "wide 日本", "語日本語"]
        await pilot.press("k")
        assert app.lines == ["short", "0123456789", "abcdefghij", "wide 日本"]
        app.view.change_look(wrap=False)
        assert app.lines[1] == "0123456789"


async def test_sideways() -> None:
    app = LogApp()
    async with app.run_test(size=(12, 2)) as pilot:
        app.say("0123456789abcdefghij", "日本語日本語日本語")
        await pilot.press("right")
        assert app.lines == ["89abcdefgh", "本語日本語"]
        await pilot.press("left", "left")
        assert app.lines == ["0123456789", "日本語日本"]


@pytest.mark.parametrize(
    ("times", "shown"),
    [
        ("utc", "11-25 22:13:42.123Z line"),
        ("local", "11-26 00:13:42.123 line"),
        ("relative", "  90s line"),
        ("off", "line"),
    ],
)
async def test_times(times: log_text.Times, shown: str) -> None:
    app = LogApp()
    async with app.run_test(size=(40, 2)):
        app.say("line")
        app.view.change_look(times=times)
        assert app.lines[0] == shown


async def test_times_that_are_relative_go_on() -> None:
    app = LogApp()
    async with app.run_test(size=(40, 2)):
        app.say("line")
        app.view.change_look(times="relative")
        app.time += 60
        app.view.tick()
        assert app.lines[0] == "   2m line"


async def test_each_source_has_a_name_and_a_colour() -> None:
    app = LogApp()
    async with app.run_test(size=(40, 3)):
        app.view.names = ["web-1/app", "a-very-long-name-of-a-pod/app"]
        app.say("one")
        app.say("two", source=1)
        app.say("three", source=0)
        assert app.lines == ["web-1/app  one", "a-very…app two", "web-1/app  three"]
        assert app.style_of("web-1") == app.style(1, 2) != app.style_of("a-ver")
        app.view.change_look(names=False)
        assert app.lines[0] == "one"


async def test_json_and_logfmt_can_be_read() -> None:
    app = LogApp()
    async with app.run_test(size=(60, 4)):
        app.say(
            '{"ts":"x","level":"warn","msg":"slow\\u001b[2J","ms":12,"user":{"id":7}}', "level=info msg=hi a=b", "plain"
        )
        app.view.change_look(pretty=True)
        assert app.lines[:3] == ['WARN  slow\\x1b[2J ms=12 user={"id":7}', "INFO  hi a=b", "plain"]
        assert app.style_of("WARN").color != app.style_of("INFO").color
        app.view.change_look(fields=("user.id", "msg"))
        assert app.lines[:3] == ["user.id=7 slow\\x1b[2J", "hi", "plain"]


async def test_colours_of_a_line_are_kept_and_bad_lines_look_bad() -> None:
    app = LogApp()
    async with app.run_test(size=(60, 4)):
        app.say("\x1b[32mgreen\x1b[0m plain", "ERROR it broke", "\x1b[2J\x1b]0;t\x07x")
        assert app.lines[:3] == ["green plain", "ERROR it broke", "\\x1b]0;t\\x07x"]
        assert app.style_of("green").color != app.style_of("plain").color != app.style_of("ERROR").color


async def test_a_bad_line_looks_bad_without_colours_too() -> None:
    app = LogApp()
    async with app.run_test(size=(60, 4)):
        app._filters.append(Monochrome())
        app.say("ERROR it broke", "fine")
        assert (app.style_of("ERROR").bold, app.style_of("fine").bold) == (True, None)


@pytest.mark.parametrize("wrap", [False, True])
async def test_a_line_of_five_megabytes_and_binary_ones(wrap: bool) -> None:
    app = LogApp(limit=64 << 20)
    async with app.run_test(size=(80, 5)) as pilot:
        app.view.change_look(wrap=wrap)
        app.say(b"x" * (5 << 20), b"\x00\xff\x9b31m\r\n"[:-1], "end")
        assert app.lines[-1] in ("end", "")
        assert "end" in app.lines
        assert any("\\x00\N{REPLACEMENT CHARACTER}" in line for line in app.lines)
        await pilot.press("k", "k", "right", "g")
        assert app.lines[0].startswith("xxxx")


async def test_lines_that_come_cost_only_what_is_on_screen() -> None:
    app = LogApp(limit=64 << 20)
    async with app.run_test(size=(80, 5)):
        asked: list[int] = []
        line = app.ring.line

        def noting(number: int) -> object:
            asked.append(number)
            return line(number)

        app.ring.line = noting  # type: ignore[method-assign, assignment]
        app.count(0, 100_000)
        assert min(asked) >= 100_000 - 5
        assert len(asked) < 40


async def test_what_looks_the_same_is_painted_once() -> None:
    app = LogApp()
    async with app.run_test(size=(20, 4)) as pilot:
        app.count(0, 100)
        await pilot.press("k")
        before = list(app.view._frame)
        app.count(100, 200)
        same = [strip is old for strip, old in zip(app.view._frame, before, strict=True)]
        assert same.count(False) <= 2, "the position mark moved, and nothing else"
