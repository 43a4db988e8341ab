"""I want this in my clipboard, and my terminal is at the other end of everything."""

import base64
import re

import pytest

from kty.term.clipboard import LARGEST
from tests.rigged.seat import Desk, Seat
from tests.rigged.server import RiggedDemo
from tests.rigged.shop import Shop

OSC = re.compile(rb"\x1b\]52;c;([A-Za-z0-9+/=]*)\x07")


def copied(me: Seat) -> str:
    """Return what the clipboard of the person's terminal holds."""
    return base64.b64decode(OSC.findall(me.terminal.sent)[-1]).decode()


async def test_the_name_the_namespace_and_both(desk: Desk) -> None:
    async with desk.sit() as me:
        await me.sees("pods 9 of 9", "● live")
        await me.press("c")
        await me.sees("copied cart-6b8d4-h2mzl")
        assert copied(me) == "cart-6b8d4-h2mzl"
        await me.press("n")
        await me.sees("copied shop")
        assert copied(me) == "shop"
        await me.press("C")
        await me.sees("copied shop/cart-6b8d4-h2mzl")
        assert copied(me) == "shop/cart-6b8d4-h2mzl"


async def test_what_has_no_namespace_is_copied_by_its_name(desk: Desk) -> None:
    async with desk.sit("ns") as me:
        await me.sees("namespaces 3 of 3", "● live")
        await me.press("C")
        await me.sees("copied default")
        assert copied(me) == "default"


async def test_the_yaml_of_an_object(desk: Desk) -> None:
    async with desk.sit("cm") as me:
        await me.sees("web-config", "● live")
        await me.press("G", "y")
        await me.sees("kind: ConfigMap")
        await me.press("c")
        await me.sees("copied the YAML of configmap/web-config, ", " lines")
        assert copied(me).startswith("apiVersion: v1\nkind: ConfigMap\n")


async def test_the_lines_of_a_log(desk: Desk) -> None:
    async with desk.sit("pods /web-5d9f7c-7xk2p") as me:
        await me.sees("pods 1 of 9", "● live")
        await me.press("l")
        await me.sees("● following")
        await me.press("c")
        await me.sees("copied ", " lines")
        assert copied(me)


async def test_lines_of_a_log_are_chosen_with_the_keyboard(desk: Desk) -> None:
    async with desk.sit("pods /web-5d9f7c-7xk2p", size=(300, 30)) as me:
        await me.sees("pods 1 of 9", "● live")
        await me.press("l")
        await me.sees("1,000 lines", "● following")
        await me.press("shift+up", "shift+up", "shift+up")
        await me.sees("3 chosen", "paused")
        shown = [line.strip(" ▐") for line in me.screen.splitlines()[1:-2] if line.strip(" ▐")]
        await me.press("shift+down", "c")
        await me.sees("2 chosen", "copied 2 lines")
        assert copied(me).splitlines() == shown[-2:]
        await me.press("escape")
        await me.sees_not("chosen")
        await me.sees("paused")


async def test_lines_of_a_log_are_chosen_with_the_mouse(desk: Desk) -> None:
    async with desk.sit("pods /web-5d9f7c-7xk2p", size=(300, 30)) as me:
        await me.sees("pods 1 of 9", "● live")
        await me.press("l")
        await me.sees("1,000 lines", "● following")
        shown = [line.strip(" ▐") for line in me.screen.splitlines()]
        me.send(b"\x1b[<0;10;6M\x1b[<32;10;8M\x1b[<0;10;8m")
        await me.sees("3 chosen", "paused")
        await me.press("c")
        await me.sees("copied 3 lines")
        assert copied(me).splitlines() == shown[5:8]
        await me.click(10, 10)
        await me.sees_not("chosen")


async def test_nothing_is_copied_that_terminals_would_not_take(desk: Desk, server: RiggedDemo, shop: Shop) -> None:
    server.put("configmaps", shop.configmap("large", {"text": "x" * (LARGEST + 1)}))
    async with desk.sit("cm /large") as me:
        await me.sees("configmaps 1 of 3", "● live")
        await me.press("y")
        await me.sees("kind: ConfigMap")
        await me.press("c")
        await me.sees("not copied: the YAML of configmap/large would be more than 512 KiB")
        assert not OSC.search(me.terminal.sent)


@pytest.mark.parametrize("terminal", [{"env": {"TMUX": "/tmp/tmux,1,0"}}, {"name": "tmux-256color"}])
async def test_tmux_hands_it_on(desk: Desk, terminal: dict[str, object]) -> None:
    async with desk.sit(**terminal) as me:  # type: ignore[arg-type]
        await me.sees("pods 9 of 9", "● live")
        await me.press("c")
        await me.sees("copied cart-")
        text = base64.b64encode(b"cart-6b8d4-h2mzl")
        assert b"\x1bPtmux;\x1b\x1b]52;c;" + text + b"\x07\x1b\\" in me.terminal.sent
        assert b"\x1b]52;c;" + text + b"\x07\x1bP" in me.terminal.sent


async def test_gnu_screen_gets_it_in_pieces(desk: Desk) -> None:
    async with desk.sit("cm", env={"STY": "1.tty"}) as me:
        await me.sees("web-config", "● live")
        await me.press("d")
        await me.sees("Data")
        await me.press("c")
        await me.sees("copied the description of configmap/")
        pieces = re.findall(rb"\x1bP([^\x1b]*|\x1b\][^\x1b]*)\x1b\\", me.terminal.sent)
        whole = OSC.fullmatch(b"".join(pieces))
        assert whole is not None
        assert b"Name:" in base64.b64decode(whole[1])


async def test_escapes_are_copied_as_they_are_shown(desk: Desk, server: RiggedDemo, shop: Shop) -> None:
    server.put("configmaps", shop.configmap("odd", {"a": "\x1b[31mred"}))
    async with desk.sit("cm /odd") as me:
        await me.sees("configmaps ", "● live")
        await me.press("y")
        await me.sees("\\e[31mred")
        await me.press("c")
        await me.sees("copied the YAML")
        assert "\x1b" not in copied(me)
