"""What is said by a cluster, and by a client of itself, reaches a terminal over SSH as text: nobody's escapes do."""

import re
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from kty.screens.editor import EditorScreen
from tests.rigged.server import RiggedDemo, serving
from tests.rigged.shop import Shop
from tests.ssh.house import House, until
from tests.ssh.walker import BEN, Walker, kty_house, walking
from tests.stories.test_hostile_text import HOSTILE, MARK

ALLOWED = re.compile(
    rb"\x1b\[[0-9;]*m"  # colours and attributes
    rb"|\x1b\[[0-9]+;[0-9]+H"  # where the cursor goes
    rb"|\x1b\[\?(?:25|7|1000|1002|1004|1006|1049|2004|2026)[hl]"  # the modes of a screen
    rb"|\x1b\[\?2026\$p|\x1b\[>1u|\x1b\[<u"  # a frame in one piece? kitty's keys
    rb"|\x1b\]22;[a-z-]*(?:\x07|\x1b\\)"  # the shape of the mouse pointer
    rb"|\x1b\]11;\?\x1b\\|\x1b\[c"  # which colour is the background?
    rb"|\x1b\]52;c;[A-Za-z0-9+/=]*\x07"  # the clipboard, in base64
    rb"|\r?\n|\x07"  # the next line, the bell
)
"""All that kty sends beside text."""
HIDDEN = re.compile("[\u202a-\u202e\u2066-\u2069\u200b\u2028\u2029\x80-\x9f]")


def nothing_came_through(sent: bytes) -> None:
    rest = ALLOWED.sub(b"", sent)
    at = re.search(rb"[\x00-\x1f\x7f]", rest)
    assert at is None, rest[max(0, at.start() - 40) : at.start() + 40]
    assert HIDDEN.search(rest.decode()) is None


@pytest.fixture
async def cluster() -> AsyncIterator[RiggedDemo]:
    async with serving(RiggedDemo()) as server:
        Shop(time.time()).open_at(server)
        yield server


@pytest.fixture
async def it(cluster: RiggedDemo, tmp_path: Path) -> AsyncIterator[House]:
    async with kty_house(cluster, tmp_path) as house:
        yield house


def poison(server: RiggedDemo) -> None:
    evil = "".join(HOSTILE)
    shop = Shop(time.time())
    pod = shop.pod("aaa")
    pod["metadata"] |= {"labels": {"app": evil, evil: "x"}, "annotations": {evil: evil}}
    pod["spec"]["nodeName"] = evil
    pod["spec"]["containers"][0]["image"] = evil
    pod["status"]["containerStatuses"][0]["state"] = {"waiting": {"reason": evil, "message": evil}}
    server.put("pods", pod)
    server.put("configmaps", shop.configmap("aaa", {evil: f"{evil}\n{evil}", "tab": f"a\tb\n{evil}"}))
    event = server.get("events", "search-0.0004", "shop")
    event |= {"message": evil, "reason": evil}
    server.put("events", event)
    server.version, server.user = f"v1{evil}", f"anna{evil}"


async def test_nothing_of_a_cluster_is_obeyed_by_a_terminal_far_away(it: House, cluster: RiggedDemo) -> None:
    poison(cluster)
    async with walking(it) as me, walking(it, BEN, size=(60, 15)) as small:
        for each in (me, small):
            await each.press("g")
            for key in ("y", "d", "l", "E", "H", "T"):
                home = each.app.screen
                await each.press(key)
                await until(lambda each=each, home=home: each.app.screen is not home)  # type: ignore[misc]
                await each.returns(home)
            await each.press("?", "escape")
            for command in ("ev", "cm", "ctx", "nonsense\x1b]0;x\x07"):
                await each.press(":")
                await each.types(f"{command}\r")
                await each.press("escape")
        await _edits(me)
        nothing_came_through(bytes(me.guest.sent))
        nothing_came_through(bytes(small.guest.sent))
        assert MARK in me.guest.screen


async def _edits(me: Walker) -> None:
    """Look at all of a poisoned object in the editor, bring poison along, and see the difference that it makes."""
    await me.opens("cm")
    await until(lambda: "live" in me.guest.screen)
    await me.press("g", "e")
    await until(lambda: isinstance(me.app.screen, EditorScreen), lambda: me.guest.screen)
    await me.press("pagedown", "shift+pageup", "escape", "ctrl+end")
    poison = "".join(HOSTILE).replace("\x1b", "").replace("\n", " ")
    await me.types(f"\x1b[200~# {poison}\x1b[201~")
    await me.press("ctrl+f")
    await me.types(f"{MARK}\r")
    await me.press("ctrl+s")
    await me.press("escape")


async def test_what_the_server_refuses_with_is_text(it: House, cluster: RiggedDemo) -> None:
    cluster.user = f"anna\x1b]0;{MARK}\x07\x1b[31m"
    cluster.forbid_verb("delete")
    cluster.forbid_verb("update")
    async with walking(it) as me:
        for key in ("ctrl+d", "e"):
            await me.press(key)
            await me.guest.sees("you may not")
        nothing_came_through(bytes(me.guest.sent))


@pytest.mark.parametrize(
    "env",
    [{"COLORTERM": f"\x1b]0;{MARK}\x07"}, {"TERM_PROGRAM": f"\x1bP{MARK}\x1b\\"}, {"LANG": f"\x1b[2J{MARK}"}],
    ids=["COLORTERM", "TERM_PROGRAM", "LANG"],
)
async def test_nothing_that_a_client_says_of_itself_comes_back(it: House, env: dict[bytes | str, bytes | str]) -> None:
    async with (
        walking(it, username=f"[red]{MARK} $(x) `y`", term=f"xterm\x1b[2J{MARK}", env=env) as me,
        walking(it, BEN) as ben,
    ):
        await me.press("?", "escape", "j")
        for each in (me, ben):
            nothing_came_through(bytes(each.guest.sent))
            assert MARK.encode() not in each.guest.sent


@pytest.mark.parametrize(
    "sent", [f"\x1b]0;{MARK}\x07", "\x1b[2J", "\x1bP1$r\x1b\\", "a\x00b", "\u202e", "\x9b2J", "\x1bM"]
)
def test_the_reader_of_what_was_sent_lets_no_other_pass(sent: str) -> None:
    with pytest.raises(AssertionError):
        nothing_came_through(f"text {sent} text".encode())
