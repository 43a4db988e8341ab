"""Small terminals, terminals of few colours, and those that change their size."""

import re

from tests.rigged.looking import style_of
from tests.rigged.seat import Desk

_COLOUR = re.compile(rb"\x1b\[(?:[0-9;]*;)?(?:3[0-8]|4[0-8]|9[0-7]|10[0-7])(?:;[0-9;]*)?m")
_MANY_COLOURS = re.compile(rb"[34]8;[25];")


async def test_sixty_by_fifteen_has_room_for_what_matters(desk: Desk) -> None:
    async with desk.sit(size=(60, 15)) as me:
        await me.sees("pods 9 of 9", "● live", "CrashLoopBackOff", "shop", "? keys")
        await me.press("right")
        await me.sees("Restarts")
        await me.press("y")
        await me.sees("kind: Pod", "pod/cart-6b8d4-h2mzl")
        await me.press("escape", ":", *"dep")
        await me.sees("deployments")


async def test_a_long_truth_leaves_room_for_the_counts(desk: Desk) -> None:
    async with desk.sit(context="dead", size=(60, 15)) as me:
        await me.sees("pods 0 of 0", "stale for")


async def test_a_terminal_that_grows_shows_more(desk: Desk) -> None:
    async with desk.sit(size=(60, 15)) as me:
        await me.sees("pods 9 of 9")
        assert "Node" not in me.screen
        await me.resize(120, 40)
        await me.sees("Node", "Age")
        await me.resize(40, 8)
        await me.sees("pods 9 of 9")
        await me.resize(120, 40)
        await me.sees("Node", "Age", "0 all namespaces")


async def test_no_color_sends_no_colour_and_the_cursor_is_still_seen(desk: Desk) -> None:
    async with desk.sit(env={"NO_COLOR": "1"}) as me:
        await me.sees("pods 9 of 9", "● live")
        await me.press("j")
        assert _COLOUR.search(me.terminal.sent) is None
        assert style_of(me, "cart-6b8d4-t6rjw").reverse
        assert not style_of(me, "cart-6b8d4-h2mzl").reverse


async def test_a_terminal_of_16_colours_gets_no_others(desk: Desk) -> None:
    async with desk.sit(name="xterm") as me:
        await me.sees("pods 9 of 9", "● live")
        await me.press("j", "y")
        await me.sees("kind: Pod")
        assert _MANY_COLOURS.search(me.terminal.sent) is None
        assert _COLOUR.search(me.terminal.sent) is not None


async def test_a_terminal_of_256_colours_gets_no_truecolor(desk: Desk) -> None:
    async with desk.sit(name="xterm-256color") as me:
        await me.sees("pods 9 of 9", "● live")
        assert b"8;2;" not in me.terminal.sent
        assert b"8;5;" in me.terminal.sent
