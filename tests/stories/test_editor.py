"""`e` opens a screen of kty for whoever has no editor of their own where kty runs, or chose none."""

from typing import Any

import pytest

from kty.screens.editor import EditorScreen
from kty.widgets.yaml_editor import YamlEditor
from tests.keys import typed
from tests.rigged.looking import row_under_cursor
from tests.rigged.seat import Desk, Seat
from tests.rigged.server import RiggedDemo

NAME = "odd-config"
REMOTE: dict[str, Any] = {"remote": True, "env": {"EDITOR": "touch"}}


def data(server: RiggedDemo) -> dict[str, Any]:
    found: dict[str, Any] = server.get("configmaps", NAME, "shop").get("data", {})
    return found


def text(me: Seat) -> str:
    return me.app.screen.query_one(YamlEditor).buffer.text


def place(me: Seat) -> tuple[int, int]:
    return me.app.screen.query_one(YamlEditor).buffer.cursor


async def edits(me: Seat) -> None:
    await me.sees(NAME)
    await me.press("/", *NAME, "enter")
    await me.until(lambda: row_under_cursor(me) == NAME, "the cursor on it")
    me.send(b"e")
    await me.until(lambda: isinstance(me.app.screen, EditorScreen), "the editor")
    await me.sees("esc leave", "apiVersion: v1")


def types(me: Seat, *keys: str) -> None:
    """Press keys at once, in one packet."""
    me.send(b"".join(map(typed, keys)))


CHANGE = ("ctrl+f", *'"off"', "enter", *["delete"] * 5, *"changed")
"""Change the value of `on`."""


@pytest.mark.parametrize("sits", [REMOTE, {"env": {}}], ids=["elsewhere", "no editor is chosen"])
async def test_what_is_typed_at_once_is_shown_as_a_difference_and_put_there(
    desk: Desk, server: RiggedDemo, sits: dict[str, Any]
) -> None:
    async with desk.sit("cm", **sits) as me:
        await edits(me)
        types(me, *CHANGE, "ctrl+s")
        await me.sees(f"Put this in place of {NAME}?", '-  "on": "off"', '+  "on": changed')
        assert data(server)["on"] == "off"
        await me.press("y")
        await me.sees(f"configmap {NAME} is changed")
        assert data(server)["on"] == "changed"
        assert not isinstance(me.app.screen, EditorScreen)


async def test_a_difference_that_is_not_wanted_leads_back_to_the_text(desk: Desk, server: RiggedDemo) -> None:
    async with desk.sit("cm", **REMOTE) as me:
        await edits(me)
        types(me, *CHANGE, "ctrl+s")
        await me.sees("Put this in place")
        await me.press("n")
        await me.sees_not("Put this in place")
        await me.sees('"on": changed')
        types(me, "!", "ctrl+s")
        await me.sees('+  "on": changed!')
        await me.press("y")
        await me.sees("is changed")
        assert data(server)["on"] == "changed!"


async def test_leaving_asks_where_something_would_be_lost(desk: Desk, server: RiggedDemo) -> None:
    async with desk.sit("cm", **REMOTE) as me:
        await edits(me)
        await me.press("x", "escape")
        await me.sees(f"Throw away what you changed in configmap {NAME}?")
        await me.press("n")
        await me.sees_not("Throw away")
        await me.press("y")
        assert text(me).startswith("xyapiVersion")
        await me.press("escape")
        await me.sees("Throw away")
        await me.press("y")
        await me.sees_not("esc leave")
        await me.sees("nothing is changed")
    assert data(server)["on"] == "off"


async def test_what_is_not_changed_is_left_at_once(desk: Desk) -> None:
    for keys in (["escape"], ["ctrl+s"], ["x", "ctrl+z", "escape"], ["x", "backspace", "escape"]):
        async with desk.sit("cm", **REMOTE) as me:
            await edits(me)
            types(me, *keys)
            await me.sees_not("esc leave")
            await me.sees("nothing is changed")


async def test_escape_ends_the_search_and_what_is_chosen_before_it_leaves(desk: Desk) -> None:
    async with desk.sit("cm", **REMOTE) as me:
        await edits(me)
        types(me, "ctrl+f", *"kind", "enter", "shift+end")
        await me.sees("/kind 1/")
        await me.press("escape")
        await me.sees_not("/kind")
        buffer = me.app.screen.query_one(YamlEditor).buffer
        assert buffer.chosen_text == "kind: ConfigMap"
        await me.press("escape")
        assert not buffer.chosen
        await me.press("escape")
        await me.sees_not("esc leave")


async def test_a_mistake_says_its_line_and_the_cursor_is_there(desk: Desk, server: RiggedDemo) -> None:
    async with desk.sit("cm", size=(60, 15), **REMOTE) as me:
        await edits(me)
        types(me, "ctrl+f", *'"off"', "enter", "[", "ctrl+end", "ctrl+s")
        await me.sees("line 11, column")
        await me.until(lambda: not me.app.screen.query_one(YamlEditor).is_waiting, "the text again")
        assert text(me).split("\n")[place(me)[0]].startswith("  bell")
        types(me, "ctrl+z", "ctrl+s")
        await me.sees("nothin")
        assert data(server)["on"] == "off"


async def is_refused(me: Seat) -> None:
    """Edit something that the server refuses, and have the text again."""
    await edits(me)
    types(me, "ctrl+end", *"immutable: 7", "ctrl+s")
    await me.until(lambda: me.app.screen.query(YamlEditor) and "immutable: 7" in text(me), "the text")
    await me.sees("immutable", "esc leave", "▲ changed")
    await me.until(lambda: not me.app.screen.query_one(YamlEditor).is_waiting, "the text again")


async def test_what_the_server_refuses_is_said_and_can_be_mended(desk: Desk, server: RiggedDemo) -> None:
    async with desk.sit("cm", **REMOTE) as me:
        await is_refused(me)
        types(me, *["backspace"] * 12, *CHANGE, "ctrl+s")
        await me.sees('+  "on": changed')
        await me.press("y")
        await me.sees("is changed")
        assert data(server)["on"] == "changed"


async def test_a_refused_text_that_is_thrown_away_is_not_complained_of_again(desk: Desk) -> None:
    async with desk.sit("cm", **REMOTE) as me:
        await is_refused(me)
        await me.press("escape")
        await me.sees("Throw away")
        await me.press("y")
        await me.sees("nothing is changed")
        assert "nothing is changed:" not in me.screen


async def test_a_change_of_somebody_else_is_not_overwritten_unseen(desk: Desk, server: RiggedDemo) -> None:
    async with desk.sit("cm", **REMOTE) as me:
        await edits(me)
        types(me, *CHANGE, "ctrl+s")
        await me.sees("Put this in place")
        theirs = server.get("configmaps", NAME, "shop")
        theirs["data"] |= {"on": "theirs", "more": "theirs, too"}
        server.put("configmaps", theirs)
        await me.press("y")
        await me.sees('somebody else changed data.on to "theirs"', "more: theirs, too", '"on": changed')
        await me.until(lambda: not me.app.screen.query_one(YamlEditor).is_waiting, "the text again")
        assert data(server)["on"] == "theirs"
        await me.press("ctrl+s")
        await me.sees('-  "on": theirs', '+  "on": changed')
        await me.press("y")
        await me.sees("is changed")
        assert (data(server)["on"], data(server)["more"]) == ("changed", "theirs, too")


async def test_while_the_server_is_asked_no_key_changes_anything(desk: Desk, server: RiggedDemo) -> None:
    async with desk.sit("cm", **REMOTE) as me:
        await edits(me)
        async with server.holding_writes():
            types(me, *CHANGE, "ctrl+s", *"y!", "enter", "escape")
            await me.sees("asking the server…")
            before = text(me)
            types(me, *"zzz", "ctrl+z", "backspace")
            await me.rests()
            assert text(me) == before
        await me.sees('+  "on": changed')
        assert data(server)["on"] == "off"


async def test_what_is_pasted_keeps_its_lines_and_brings_nothing_unseen(desk: Desk) -> None:
    async with desk.sit("cm", **REMOTE) as me:
        await edits(me)
        types(me, "ctrl+end")
        me.send(b"\x1b[200~\tone: 1\r\ntwo: \xe2\x80\xae2\rthree: 3\x1b[201~")
        await me.sees("1 tab became spaces, 1 that cannot be shown became escapes")
        assert text(me).endswith("  one: 1\ntwo: \\u202e2\nthree: 3")
        assert "\t" not in text(me)
        await me.press("ctrl+z")
        assert "one: 1" not in text(me)


async def test_a_paste_of_many_lines_comes_whole(desk: Desk) -> None:
    lines = "".join(f"  line-{number}: {'v' * 40}\n" for number in range(5000))
    async with desk.sit("cm", **REMOTE) as me:
        await edits(me)
        types(me, "ctrl+end")
        for at in range(0, len(lines), 1000):
            me.send((b"\x1b[200~" if not at else b"") + lines[at : at + 1000].encode())
        me.send(b"\x1b[201~")
        await me.sees("line-4999")
        assert text(me).endswith(lines)
        await me.press("ctrl+z")
        assert "line-0" not in text(me)


async def test_keys_that_go_elsewhere_on_other_screens_are_text_here(desk: Desk) -> None:
    async with desk.sit("cm", **REMOTE) as me:
        await edits(me)
        types(me, *":q?-[]/n")
        await me.sees(":q?-[]/napiVersion")
        assert isinstance(me.app.screen, EditorScreen)


async def test_lines_have_numbers_and_can_be_gone_to(desk: Desk) -> None:
    async with desk.sit("cm", **REMOTE) as me:
        await edits(me)
        types(me, "ctrl+g", *"4", "enter", *"# here", "enter")
        await me.until(lambda: text(me).split("\n")[3] == "# here", "the line")
        await me.sees("4 # here", "5/")
        types(me, "ctrl+g", *"99999", "enter")
        await me.until(lambda: place(me)[0] == text(me).count("\n"), "the last line")


async def test_what_is_copied_goes_to_the_clipboard_and_can_be_put_elsewhere(desk: Desk) -> None:
    async with desk.sit("cm", **REMOTE) as me:
        await edits(me)
        first = text(me).split("\n")[0]
        await me.press("ctrl+x")
        await me.sees("copied")
        types(me, "down", "ctrl+v")
        await me.until(lambda: text(me).count("\n") and text(me).split("\n")[1] == first, "the line")
        assert text(me).split("\n")[1] == first
        assert b"\x1b]52;c;" in me.terminal.sent
        types(me, "ctrl+z", "ctrl+z", "ctrl+y", "ctrl+z", "escape", "escape")  # the first one: nothing is chosen
        await me.sees_not("esc leave")


async def test_the_mouse_puts_the_cursor_and_chooses(desk: Desk) -> None:
    async with desk.sit("cm", **REMOTE) as me:
        await edits(me)
        y = next(y for y, line in enumerate(me.screen.split("\n"), 1) if "kind: ConfigMap" in line)
        x = me.screen.split("\n")[y - 1].index("ConfigMap") + 1
        me.send(f"\x1b[<0;{x};{y}M\x1b[<32;{x + 3};{y}M\x1b[<0;{x + 3};{y}m".encode())
        types(me, *"My")
        await me.until(lambda: "kind: MyfigMap" in text(me), "what was typed in its place")


async def test_help_lists_the_keys_and_is_left_again(desk: Desk) -> None:
    async with desk.sit("cm", **REMOTE) as me:
        await edits(me)
        await me.press("f1")
        await me.sees("editor.undo", "editor.cut")
        await me.press("escape")
        await me.sees_not("editor.undo")
        await me.press("x")
        assert text(me).startswith("xapi")


async def test_nothing_is_edited_by_who_may_not_or_read_only(desk: Desk, server: RiggedDemo) -> None:
    async with desk.sit("cm", readonly=True, **REMOTE) as me:
        await me.sees(NAME)
        await me.press("e")
        await me.sees("read-only: it will not edit")
    server.forbid_verb("update")
    async with desk.sit("cm", **REMOTE) as me:
        await me.sees(NAME)
        await me.press("e")
        await me.sees("you may not update configmaps in shop")


async def test_a_cut_connection_is_said_and_the_text_stays(desk: Desk, server: RiggedDemo) -> None:
    async with desk.sit("cm", **REMOTE) as me:
        await edits(me)
        await server.down()
        types(me, *CHANGE, "ctrl+s")
        await me.until(lambda: not me.app.screen.query_one(YamlEditor).is_waiting, "an answer")
        await me.sees('"on": changed', "▲ changed")
