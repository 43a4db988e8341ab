"""What a cluster says is data: nothing in it reaches the terminal as an escape or a control character."""

import re

import pytest

from tests.rigged.seat import Desk, Seat
from tests.rigged.server import RiggedDemo
from tests.rigged.shop import Shop

MARK = "EVIL"
HOSTILE = [
    f"\x1b]0;{MARK}\x07",
    f"\x1b[31m{MARK}\x1b[0m",
    f"\x1b[2J\x1b[H{MARK}",
    f"\x9b31m{MARK}",
    f"\x1bP{MARK}\x1b\\",
    f"a\r{MARK}\nb\tc\x08\x00",
    f"\u202e{MARK}\u2066\u200b",
    f"[red]{MARK}[/red][@click=app.quit]x[/]",
    f"\x1b]52;c;{MARK}\x07",
    f"\x85{MARK}\u2028\x7f",
    f"{MARK}" + "e\u0301\u0301\u0301\u0301\u0301\u0301\u0301",
]
LISTS = {"ev": "events 4 of 4", "cpn": "coupons 2 of 2", "cm": "configmaps 3 of 3", "ns": "namespaces 4 of 4"}
_OWN = re.compile(
    rb"\x1b\[[0-9;:<=>?]*[ -/]*[@-~]"  # CSI: colours, cursor, modes
    rb"|\x1bP=[12]s\x1b\\"  # synchronized output, the old way
    rb"|\x1b\]22;[a-z-]*(?:\x07|\x1b\\)"  # the shape of the mouse pointer
    rb"|\x1b\]11;\?\x1b\\"  # which colour is the background?
    rb"|\x1b[78=>c]"
)
"""The sequences that kty itself sends; none of them carries text."""


def no_escape_came_through(me: Seat) -> None:
    sent = me.terminal.sent
    rest = _OWN.sub(b"", sent).decode()
    assert not [char for char in rest if (char < " " and char not in "\r\n") or "\x7f" <= char <= "\x9f"]
    for char in "\u202e\u2066\u200b\u2028":
        assert char not in rest
    for text in ("\x1b]0;", "\x1b]52;", "\x1b[31m" + MARK, "\x1b[2J\x1b[H" + MARK):
        assert text.encode() not in sent


@pytest.fixture(params=range(len(HOSTILE)))
def evil(request: pytest.FixtureRequest) -> str:
    index: int = request.param
    return HOSTILE[index]


async def test_on_no_screen(desk: Desk, server: RiggedDemo, shop: Shop, evil: str) -> None:
    pod = shop.pod(f"a{evil}")
    pod["metadata"]["labels"] = {"app": evil, evil: "x"}
    pod["metadata"]["annotations"] = {evil: evil}
    pod["spec"]["nodeName"] = evil
    pod["spec"]["containers"][0] |= {"name": evil, "image": evil}
    pod["status"]["containerStatuses"][0] |= {"name": evil, "state": {"waiting": {"reason": evil, "message": evil}}}
    server.put("pods", pod)
    coupon = server.get("coupons.shop.example", "vip", "shop")
    coupon["spec"]["code"] = evil
    server.put("coupons.shop.example", coupon)
    server.put("namespaces", shop.namespace(f"a{evil}"))
    server.put("configmaps", shop.configmap(f"a{evil}", {evil: f"{evil}\n{evil}"}))
    event = server.get("events", "search-0.0004", "shop")
    event |= {"message": evil, "reason": evil}
    server.put("events", event)
    async with desk.sit() as me:
        await me.sees("pods 10 of 10", MARK)
        await me.press("/", *MARK, "enter")
        await me.sees("pods 1 of 10")
        await me.press("y")
        await me.sees("kind: Pod", MARK)
        await me.press("/", *MARK, "enter", "n", "escape", "escape")
        await me.sees("pods 1 of 10")
        await me.press("c", "enter")
        await me.sees("containers 1 of 1", MARK)
        await me.press("space", "l")
        await me.sees("logs of pod/a", MARK)
        for command, seen in LISTS.items():
            await me.press(":", *command, "enter")
            await me.sees(seen, MARK, "● live")
            if command == "cm":
                await me.press("g", "space", "G", "V", "ctrl+d")
                await me.sees("Delete 3 configmaps, and what they own.", MARK)
                await me.press("y")
                await me.sees("delete: ")
        await me.press(":", *"ns a")
        await me.sees("default", "kube-system")
        await me.press("tab", "escape", "enter")
        await me.sees("pods 0 of 0")
        copied = re.compile(rb"\x1b\]52;c;[A-Za-z0-9+/=]*\x07")
        assert len(copied.findall(me.terminal.sent)) == 1  # the name, in base64
        me.terminal.frames[:] = [copied.sub(b"", me.terminal.sent)]
        no_escape_came_through(me)


async def test_in_what_the_server_says_when_it_refuses(desk: Desk, server: RiggedDemo) -> None:
    server.version = f"v1\x1b]0;{MARK}\x07"
    server.user = f"anna\x1b[31m{MARK}"
    async with desk.sit() as me:
        await me.sees("pods 9 of 9", f"v1\\x1b]0;{MARK}\\x07", "anna\\x1b[31m")
        no_escape_came_through(me)


async def test_in_the_kubeconfig(desk: Desk, server: RiggedDemo) -> None:
    desk.contexts[f"a\x1b[31m{MARK}"] = (server.url, "")
    async with desk.sit() as me:
        await me.sees("pods 9 of 9")
        await me.press(":", *"ctx", "enter")
        await me.sees("contexts 4 of 4", MARK)
        await me.press("enter")
        await me.sees("pods 12 of 12", MARK)
        no_escape_came_through(me)
