"""Everybody sees the colors that their own terminal has."""

from collections.abc import Mapping
from contextlib import AsyncExitStack

import pytest
from rich.color import Color as RichColor
from rich.segment import Segment
from rich.style import Style
from textual.color import Color

from kty.term.color import Depth, depth, line_filters
from tests.sitting import sitting_at
from tests.term.apps import Colorful
from tests.term.emulator import colors, reversed_text

SURFACE = Color.parse("#1e1e1e")


@pytest.mark.parametrize(
    ("name", "env", "expected"),
    [
        ("xterm-kitty", {}, Depth.TRUECOLOR),
        ("xterm-direct", {}, Depth.TRUECOLOR),
        ("xterm-256color", {"COLORTERM": "truecolor"}, Depth.TRUECOLOR),
        ("xterm-256color", {}, Depth.EIGHT_BIT),
        ("tmux-256color", {"COLORTERM": "yes"}, Depth.EIGHT_BIT),
        ("xterm", {}, Depth.SIXTEEN),
        ("linux", {}, Depth.SIXTEEN),
        ("vt100", {}, Depth.MONO),
        ("dumb", {"COLORTERM": "truecolor"}, Depth.MONO),
        ("", {}, Depth.MONO),
        ("xterm-kitty", {"NO_COLOR": "1", "COLORTERM": "truecolor"}, Depth.MONO),
        ("xterm-kitty", {"NO_COLOR": ""}, Depth.TRUECOLOR),
    ],
)
def test_the_depth_is_told_by_the_terminal(name: str, env: Mapping[str, str], expected: Depth) -> None:
    assert depth(name, env) is expected


async def test_four_depths_at_once_do_not_leak() -> None:
    """Textual's caches of rendered text do not know the depth: whoever came first would set it for all."""
    people = [
        ("xterm-direct", {}, {"truecolor"}),
        ("xterm-256color", {}, {"256"}),
        ("xterm", {}, {"16"}),
        ("xterm-direct", {"NO_COLOR": "1"}, set()),
    ]
    async with AsyncExitStack() as stack:
        sitting = [await stack.enter_async_context(sitting_at(Colorful, name=it[0], env=it[1])) for it in people * 2]
        for me in sitting:
            await me.sees("title", "second")
            await me.press("down")
        for me in sitting:
            await me.press("down")
    assert [colors(me.terminal.sent) for me in sitting] == [expected for _, _, expected in people * 2]


async def test_the_environment_of_the_process_is_not_that_of_the_person(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("TERM", "dumb")
    async with sitting_at(Colorful) as me:
        await me.sees("title")
        assert not me.app.no_color
        assert not me.app.console.no_color
    assert b"38;2;255;128;64" in me.terminal.sent


async def test_without_color_the_cursor_is_still_seen() -> None:
    size = (60, 15)
    async with sitting_at(Colorful, size=size, env={"NO_COLOR": "1"}) as me:
        await me.sees("second")
        assert me.app.no_color
        await me.press("down")
        await me.until(lambda: reversed_text(me.terminal.sent, size).strip() == "second")


async def test_the_theme_may_change_and_the_depth_stays() -> None:
    async with sitting_at(Colorful, name="xterm") as me:
        for theme in ("textual-light", "ansi-dark", "textual-dark"):
            me.app.theme = theme
            await me.press("down")
    assert colors(me.terminal.sent) == {"16", "default"}


def shown_on(depth: Depth, style: Style, background: Color = SURFACE) -> Style:
    segments = [Segment("text", style)]
    for line_filter in line_filters(depth):
        segments = line_filter.apply(segments, background)
    assert segments[0].style is not None
    return segments[0].style


@pytest.mark.parametrize("depth", [Depth.MONO, Depth.SIXTEEN, Depth.EIGHT_BIT])
def test_a_click_leads_to_the_same_place_at_every_depth(depth: Depth) -> None:
    style = Style(color="#ff8040", bold=True) + Style.from_meta({"@click": "app.quit"})
    assert shown_on(depth, style).meta == {"@click": "app.quit"}
    assert shown_on(depth, style).bold


@pytest.mark.parametrize("depth", [Depth.MONO, Depth.SIXTEEN])
def test_what_only_its_background_shows_is_shown_in_reverse(depth: Depth) -> None:
    assert shown_on(depth, Style(color="#e0e0e0", bgcolor="#00203f")).reverse


@pytest.mark.parametrize("depth", [Depth.MONO, Depth.SIXTEEN, Depth.EIGHT_BIT])
def test_a_faint_stripe_is_not_shown_in_reverse(depth: Depth) -> None:
    assert not shown_on(depth, Style(color="#e0e0e0", bgcolor="#242424")).reverse


def test_a_background_that_the_depth_can_show_needs_no_reverse() -> None:
    assert not shown_on(Depth.EIGHT_BIT, Style(color="#e0e0e0", bgcolor="#0178d4")).reverse


@pytest.mark.parametrize("background", ["#606060", "#b0b0b0"])
def test_text_does_not_vanish_in_its_background(background: str) -> None:
    style = shown_on(Depth.SIXTEEN, Style(color="#5a5a5a" if background < "#8" else "#a8a8a8", bgcolor=background))
    assert isinstance(style.color, RichColor)
    assert isinstance(style.bgcolor, RichColor)
    assert style.color.number != style.bgcolor.number


@pytest.mark.parametrize(
    ("color", "number"), [("#d17e92", 9), ("#ffc473", 11), ("#8ad4a1", 10), ("#59a5e5", 14), ("#a0a0a0", 7)]
)
def test_a_pastel_on_dark_keeps_its_hue_among_sixteen_colors(color: str, number: int) -> None:
    shown = shown_on(Depth.SIXTEEN, Style(color=color, bgcolor="#121212")).color
    assert isinstance(shown, RichColor)
    assert shown.number == number


@pytest.mark.parametrize(
    ("color", "number"),
    [
        ("#242f38", 236),
        ("#121212", 233),
        ("#24283b", 236),
        ("#0178d4", 32),
        ("#ffa62b", 214),
        ("#000000", 16),
        ("#0c304c", 23),
        ("#c6d6e1", 152),
        ("#eee8d5", 254),
    ],
)
def test_of_256_colors_the_nearest_is_shown(color: str, number: int) -> None:
    shown = shown_on(Depth.EIGHT_BIT, Style(color="#e0e0e0", bgcolor=color)).bgcolor
    assert isinstance(shown, RichColor)
    assert shown.number == number


def test_truecolor_needs_no_filter() -> None:
    assert line_filters(Depth.TRUECOLOR) == []
