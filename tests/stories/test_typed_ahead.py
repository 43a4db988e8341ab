"""Who knows the way types it at once, and every key is for what the one before it led to."""

import pytest

from kty.screens.frame import Frame
from tests.rigged.looking import names
from tests.rigged.seat import Desk


@pytest.mark.parametrize(
    ("typed", "seen"),
    [
        (b"/zq8\rd", ("Name:", "web-5d9f7c-zq8vn", "Service Account")),
        (b"/zq8\ry/kind\r", ("/kind 1/", "pod/web-5d9f7c-zq8vn")),
        (b":deploy\r/cart\r", ("deployments 1 of 3", "/cart")),
        (b"y\x1b:svc\r/web\r", ("services 1 of 3", "/web")),
        (b":nosuchkind\r2", (":nosuchkind2",)),
        (b":\r/zq8\r", ("pods 1 of 9", "/zq8")),
        (b"T/default\r", ("graph of pod/cart", "/default ")),
        (b"l/error\r", ("/error",)),
    ],
    ids=["describe", "search", "list", "there-and-back", "mistake", "nothing", "graph", "logs"],
)
async def test_what_is_typed_at_once_goes_where_it_leads(desk: Desk, typed: bytes, seen: tuple[str, ...]) -> None:
    async with desk.sit() as me:
        await me.sees("pods 9 of 9")
        me.send(typed)
        await me.sees(*seen)


async def test_a_paste_behind_a_key_is_for_what_the_key_opened(desk: Desk) -> None:
    async with desk.sit() as me:
        await me.sees("pods 9 of 9")
        me.send(b":deploy\r/\x1b[200~cart\x1b[201~\r")
        await me.sees("deployments 1 of 3", "/cart")


async def test_many_keys_at_once_are_each_taken(desk: Desk) -> None:
    async with desk.sit() as me:
        await me.sees("pods 9 of 9")
        me.send(b"j" * 500 + b"k" * 2 + b"/web\r")
        await me.until(lambda: len(names(me)) == 3, "the filter")
        me.send(b"\x1b")
        await me.sees("pods 9 of 9")


async def test_a_command_that_takes_long_is_left_by_escape_and_keys_go_on(desk: Desk) -> None:
    async with desk.sit() as me:
        await me.sees("pods 9 of 9")
        me.send(b":ctx dead\rjj")
        await me.sees("connection refused")
        me.send(b":ctx shop\r")
        await me.sees("pods 9 of 9")


@pytest.mark.parametrize("key", ["T", "y", "d", "H", "l", "E"])
async def test_what_a_screen_does_late_is_nothing_once_it_has_gone(desk: Desk, key: str) -> None:
    async with desk.sit() as me:
        await me.sees("pods 9 of 9")
        await me.press(key)
        await me.until(lambda: len(me.app.screen_stack) == 2, "another screen")
        gone = me.app.screen
        assert isinstance(gone, Frame)
        await me.press("escape")
        await me.until(lambda: not gone.is_running, "its end")
        for late in (gone.close_prompt, gone.show_keys, gone.show_frame, gone.tick, gone.on_frame_learnt):
            me.app.call_later(late)
        me.app.call_later(gone.run_command, "nosuchkind")
        await me.press("/", *"web", "enter")
        await me.sees("pods 3 of 9")
