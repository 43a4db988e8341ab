"""`e` edits an object in the person's own editor, and nothing is changed unseen."""

import os
from pathlib import Path
from typing import Any

import pytest

from tests.rigged.looking import row_under_cursor
from tests.rigged.seat import Desk, Seat
from tests.rigged.server import RiggedDemo

NAME = "odd-config"


def editor(folder: Path, *steps: str) -> dict[str, str]:
    """Return an environment whose editor takes these steps, one each time it is opened; `$1` is the file."""
    count = folder / "count"
    script = folder / "editor"
    cases = "\n".join(f"{number}) {step} ;;" for number, step in enumerate(steps, 1))
    script.write_text(f'#!/bin/sh\necho x >> {count}\ncase $(wc -l < {count} | tr -d " ") in\n{cases}\nesac\n')
    script.chmod(0o755)
    return {"EDITOR": str(script), "PATH": os.environ["PATH"]}


def data(server: RiggedDemo) -> dict[str, Any]:
    found: dict[str, Any] = server.get("configmaps", NAME, "shop").get("data", {})
    return found


async def edits(me: Seat) -> None:
    await me.sees(NAME)
    await me.press("/", *NAME, "enter")
    await me.until(lambda: row_under_cursor(me) == NAME, "the cursor on it")
    me.send(b"e")


async def test_what_is_saved_is_shown_as_a_difference_and_put_there(
    desk: Desk, server: RiggedDemo, tmp_path: Path
) -> None:
    env = editor(tmp_path, """sed -i 's/"on": "off"/"on": changed/' "$1" """)
    async with desk.sit("cm", env=env) as me:
        await edits(me)
        await me.sees(f"Put this in place of {NAME}?", '-  "on": "off"', '+  "on": changed', "y does it")
        assert data(server)["on"] == "off"
        await me.press("y")
        await me.sees(f"configmap {NAME} is changed")
        assert data(server)["on"] == "changed"


async def test_a_difference_that_is_not_wanted_changes_nothing(desk: Desk, server: RiggedDemo, tmp_path: Path) -> None:
    env = editor(tmp_path, """sed -i 's/"on": "off"/"on": changed/' "$1" """)
    async with desk.sit("cm", env=env) as me:
        await edits(me)
        await me.sees("Put this in place")
        await me.press("n")
        await me.sees_not("Put this in place")
        assert data(server)["on"] == "off"


async def test_a_text_that_is_left_as_it_is_or_empty_changes_nothing(desk: Desk, tmp_path: Path) -> None:
    for step in ("true", ': > "$1"', """sed -i 's/^kind/# nothing\\nkind/' "$1" """):
        (tmp_path / "count").unlink(missing_ok=True)
        async with desk.sit("cm", env=editor(tmp_path, step)) as me:
            await edits(me)
            await me.sees("nothing is changed")


async def test_what_is_wrong_stands_at_the_head_and_can_be_mended(
    desk: Desk, server: RiggedDemo, tmp_path: Path
) -> None:
    seen = tmp_path / "seen"
    env = editor(
        tmp_path,
        """sed -i 's/"on": "off"/"on": [broken/' "$1" """,
        f"""head -1 "$1" > {seen}; sed -i 's/"on": \\[broken/immutable: 7/' "$1" """,
        f"""head -1 "$1" >> {seen}; sed -i 's/immutable: 7/"on": mended/' "$1" """,
    )
    async with desk.sit("cm", env=env) as me:
        await edits(me)
        await me.sees("Put this in place", '+  "on": mended')
        await me.press("y")
        await me.sees("is changed")
    first, second = seen.read_text().splitlines()
    assert first.startswith("# ")
    assert "line" in first
    assert second.startswith("# ")
    assert data(server)["on"] == "mended"


async def test_what_somebody_else_changes_meanwhile_stays_beside_what_is_edited(
    desk: Desk, server: RiggedDemo, tmp_path: Path
) -> None:
    env = editor(tmp_path, """sed -i 's/"on": "off"/"on": changed/' "$1" """)
    async with desk.sit("cm", env=env) as me:
        await edits(me)
        await me.sees("Put this in place")
        theirs = server.get("configmaps", NAME, "shop")
        theirs["data"]["more"] = "theirs"
        server.put("configmaps", theirs)
        await me.press("y")  # what is there now is another object than the one that was compared with
        await me.sees("Somebody else changed it meanwhile, and that stays. Put this in place")
        await me.sees('+  "on": changed', "more: theirs")
        assert data(server)["on"] == "off"
        await me.press("y")
        await me.sees("is changed")
        assert (data(server)["on"], data(server)["more"]) == ("changed", "theirs")


@pytest.mark.parametrize("takes_over", [True, False])
async def test_a_change_of_somebody_else_is_not_overwritten_unseen(
    desk: Desk, server: RiggedDemo, tmp_path: Path, takes_over: bool
) -> None:
    seen = tmp_path / "seen"
    env = editor(
        tmp_path,
        """sed -i 's/"on": "off"/"on": changed/' "$1" """,
        f"""cat "$1" > {seen}; {"sed -i 1d $1" if takes_over else "true"}""",
    )
    async with desk.sit("cm", env=env) as me:
        await edits(me)
        await me.sees("Put this in place")
        theirs = server.get("configmaps", NAME, "shop")
        theirs["data"] |= {"on": "theirs", "more": "theirs, too"}
        server.put("configmaps", theirs)
        await me.press("y")
        if not takes_over:
            await me.sees('nothing is changed: somebody else changed data.on to "theirs"')
            assert data(server)["on"] == "theirs"
            return
        await me.sees("Put this in place", '-  "on": theirs', '+  "on": changed')
        await me.press("y")
        await me.sees("is changed")
        assert (data(server)["on"], data(server)["more"]) == ("changed", "theirs, too")
    head = seen.read_text().splitlines()[0]
    assert head.startswith('# somebody else changed data.on to "theirs"')
    assert head.endswith("take this line out to put yours in its place")


async def test_what_is_wrong_and_given_up_is_told(desk: Desk, tmp_path: Path) -> None:
    env = editor(tmp_path, """sed -i 's/"on": "off"/"on": [broken/' "$1" """, "true")
    async with desk.sit("cm", env=env) as me:
        await edits(me)
        await me.sees("nothing is changed: line", "did not find expected")


async def test_an_editor_that_is_not_there_or_fails_is_told(desk: Desk, tmp_path: Path) -> None:
    async with desk.sit("cm", env={"EDITOR": "no-such-editor"}) as me:
        await edits(me)
        await me.sees("the editor no-such-editor cannot be run", "set EDITOR")
    async with desk.sit("cm", env=editor(tmp_path, "exit 3"), size=(300, 30)) as me:
        await edits(me)
        await me.sees("ended with 3: nothing is changed")


async def test_nothing_is_edited_by_who_may_not_or_read_only(desk: Desk, server: RiggedDemo) -> None:
    async with desk.sit("cm", readonly=True) as me:
        await edits(me)
        await me.sees("read-only: it will not edit")
    server.forbid_verb("update")
    async with desk.sit("cm") as me:
        await edits(me)
        await me.sees("you may not update configmaps in shop")
