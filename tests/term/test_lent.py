"""The terminal while it is lent: what goes through, and what gets it back."""

import asyncio

import pytest

from kty.term import modes
from kty.term.lent import AHEAD, MOST_TYPED, Lent
from kty.term.memory import MemoryTerminal
from tests.term.emulator import shown


@pytest.fixture
def terminal() -> MemoryTerminal:
    return MemoryTerminal(size=(80, 24))


@pytest.fixture
def lent(terminal: MemoryTerminal) -> Lent:
    lent = Lent(terminal)
    lent.open()
    return lent


async def test_bytes_go_through_as_they_are(terminal: MemoryTerminal, lent: Lent) -> None:
    terminal.received(b"\xff\x1b[A")
    terminal.received(b"\x03")
    assert await lent.typed() == b"\xff\x1b[A\x03"
    await lent.write(b"\xfe\x1b]0;title\x07")
    assert terminal.frames == [b"\xfe\x1b]0;title\x07"]


@pytest.mark.parametrize("key", [b"\x1d", b"\x1b[93;5u", b"\x1b[27;5;93~"])
async def test_ctrl_bracket_leaves_and_is_not_typed(terminal: MemoryTerminal, lent: Lent, key: bytes) -> None:
    terminal.received(b"ls" + key + b"more")
    assert lent.left.is_set()
    assert await lent.typed() == b"ls"
    terminal.received(b"and more")
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(lent.typed(), 0)


async def test_what_a_terminal_takes_no_more_of_is_at_hand_when_it_does_again(
    terminal: MemoryTerminal, lent: Lent
) -> None:
    terminal.pause_writing()
    await lent.write(b"one")
    await lent.write(b"two")
    assert not terminal.frames
    terminal.resume_writing()
    assert terminal.frames == [b"onetwo"]


async def test_writing_waits_for_a_slow_terminal_and_ends_when_it_is_given_back(
    terminal: MemoryTerminal, lent: Lent
) -> None:
    most = b"x" * AHEAD
    terminal.pause_writing()
    await lent.write(most)
    writing = asyncio.create_task(lent.write(most))
    await asyncio.sleep(0)
    assert not writing.done()
    terminal.resume_writing()
    await writing
    assert terminal.frames == [most, most]
    terminal.pause_writing()
    await lent.write(most)
    writing = asyncio.create_task(lent.write(b"too late"))
    await asyncio.sleep(0)
    lent.close()
    await writing
    assert terminal.frames == [most, most, most, modes.RESET.encode()]
    assert not terminal.is_held


async def test_what_is_printed_afterwards_stands_below_what_was_printed(terminal: MemoryTerminal, lent: Lent) -> None:
    await lent.write(b"\r\none\r\ntwo\x1b[H")  # the cursor is back where it was, as 1049 leaves it
    lent.close()
    terminal.send(b"three")
    assert shown(terminal.sent, (80, 24)).split() == ["one", "two", "three"]


async def test_a_terminal_that_was_full_before_is_waited_for(terminal: MemoryTerminal) -> None:
    terminal.pause_writing()
    lent = Lent(terminal)
    lent.open()
    await lent.write(b"one")
    assert not terminal.frames
    terminal.resume_writing()
    assert terminal.frames == [b"one"]


async def test_what_a_program_does_not_read_is_bounded(terminal: MemoryTerminal, lent: Lent) -> None:
    terminal.received(b"x" * MOST_TYPED)
    terminal.received(b"y")
    assert terminal.frames == [b"\a"]
    assert await lent.typed() == b"x" * MOST_TYPED
    terminal.received(b"z")
    assert await lent.typed() == b"z"


async def test_sizes_are_told_and_so_is_a_terminal_that_was_written_over(terminal: MemoryTerminal, lent: Lent) -> None:
    terminal.resized(99, 30)
    assert await lent.resize() == (99, 30)
    terminal.redraw()
    assert await lent.resize() == (99, 30)
