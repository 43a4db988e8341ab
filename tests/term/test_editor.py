"""A text goes through the person's editor: which one, where, and who else can see it."""

import asyncio
import os
import pty
import termios
from collections.abc import Iterator
from pathlib import Path

import pytest

from kty.errors import UsageError
from kty.term.device import Tty
from kty.term.editor import edited, editor
from kty.term.memory import MemoryTerminal
from kty.term.terminal import Terminal


def test_the_editor_is_the_one_that_the_person_named() -> None:
    assert editor({}) == ["vi"]
    assert editor({"EDITOR": "code --wait"}) == ["code", "--wait"]
    assert editor({"EDITOR": "ed", "VISUAL": "emacs -nw"}) == ["emacs", "-nw"]
    assert editor({"VISUAL": "emacs", "KUBE_EDITOR": "'my editor' -x"}) == ["my editor", "-x"]
    assert editor({"EDITOR": "  "}) == ["vi"]
    with pytest.raises(UsageError, match="cannot be read"):
        editor({"EDITOR": "'open"})


def script(folder: Path, text: str) -> dict[str, str]:
    path = folder / "editor"
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return {"EDITOR": str(path), "PATH": os.environ["PATH"]}


async def test_nobody_else_can_read_the_file_and_it_is_gone_afterwards(tmp_path: Path) -> None:
    env = script(tmp_path, f'stat -c %a "$1" > {tmp_path}/mode; echo "$1" > {tmp_path}/name; echo more >> "$1"')
    assert await edited(MemoryTerminal(env=env), "s3cret\n", suffix=".yaml") == "s3cret\nmore\n"
    assert (tmp_path / "mode").read_text() == "600\n"
    name = (tmp_path / "name").read_text().strip()
    assert name.endswith(".yaml")
    assert not os.path.exists(name)  # noqa: ASYNC240, PTH110


@pytest.mark.parametrize(
    ("does", "says"),
    [("exit 3", "ended with 3"), ('rm "$1"', "left no text"), ("printf '\\377' > \"$1\"", "left no text")],
)
async def test_an_editor_that_fails_is_told_and_leaves_nothing(tmp_path: Path, does: str, says: str) -> None:
    env = script(tmp_path, f'echo "$1" > {tmp_path}/name; {does}')
    with pytest.raises(UsageError, match=says):
        await edited(MemoryTerminal(env=env), "text", suffix=".yaml")
    assert not os.path.exists((tmp_path / "name").read_text().strip())  # noqa: ASYNC240, PTH110


async def test_giving_up_ends_the_editor(tmp_path: Path) -> None:
    env = script(tmp_path, f"echo $$ > {tmp_path}/pid; exec sleep 600")
    editing = asyncio.create_task(edited(MemoryTerminal(env=env), "text", suffix=".yaml"))
    while not (tmp_path / "pid").exists() or not (tmp_path / "pid").read_text().endswith("\n"):  # noqa: ASYNC110
        await asyncio.sleep(0.01)
    editing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await editing
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "pid").read_text()), 0)


async def test_who_sits_elsewhere_gets_no_editor_of_this_machine(tmp_path: Path) -> None:
    env = script(tmp_path, f"touch {tmp_path}/ran")
    with pytest.raises(UsageError, match="where kty runs"):
        await edited(MemoryTerminal(env=env, remote=True), "text", suffix=".yaml")
    assert not (tmp_path / "ran").exists()


async def test_not_even_a_file_of_theirs_is_written_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.mkstemp", lambda **_: pytest.fail("a file is written"))
    with pytest.raises(UsageError, match="where kty runs"):
        await edited(MemoryTerminal(remote=True), "text", suffix=".yaml")


@pytest.fixture
def ends() -> Iterator[tuple[int, int]]:
    person, program = pty.openpty()
    yield person, program
    os.close(person)
    os.close(program)


async def test_a_program_that_has_the_tty_finds_it_as_it_was_and_its_keys_are_its_own(ends: tuple[int, int]) -> None:
    person, program = ends
    found = termios.tcgetattr(program)
    tty = Tty(program, program)
    terminal = Terminal(tty, name="xterm")
    typed: list[bytes] = []
    terminal.received = typed.append  # type: ignore[method-assign, assignment]
    tty.open(terminal, lambda: None)
    try:
        raw = termios.tcgetattr(program)
        assert raw != found
        with terminal.aside():
            assert terminal.is_aside
            assert termios.tcgetattr(program) == found
            os.write(person, b"for the editor\n")
            assert os.read(program, 100) == b"for the editor\n"
        assert not terminal.is_aside
        assert termios.tcgetattr(program) == raw
        os.write(person, b"x")
        while not typed:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        assert typed == [b"x"]
    finally:
        tty.close()
