"""On a real tty: the app is there, and afterwards the terminal is as it was found."""

import asyncio
import fcntl
import os
import re
import signal
import sys
import termios
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.term.desk import PATIENCE, Desk, desk
from tests.term.emulator import colors, shown


@asynccontextmanager
async def program(
    name: str,
    run: str = "local",
    *,
    size: tuple[int, int] = (60, 15),
    typed: bytes = b"",
    env: Mapping[str, str] | None = None,
) -> AsyncIterator[Desk]:
    command = [sys.executable, "-m", "tests.term.program", name, run]
    async with desk(command, {"TERM": "xterm-direct", **(env or {})}, size=size, typed=typed) as me:
        yield me


async def test_an_app_is_quit_and_the_terminal_is_whole() -> None:
    async with program("echo") as me:
        me.look()
        await me.sees("size=60x15.")
        assert me.left_behind
        me.type(b"a")
        await me.sees("key=a 'a'.")
        me.type(b"\x11")
        assert await me.ends() == 0
        assert not me.left_behind


@pytest.mark.parametrize(
    ("number", "status"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129), (signal.SIGINT, 130)], ids=str
)
async def test_a_signal_ends_the_app_and_the_terminal_is_whole(number: signal.Signals, status: int) -> None:
    async with program("counter") as me:
        me.look()
        await me.sees("count=0.")
        me.process.send_signal(number)
        assert await me.ends() == status
        assert not me.left_behind


async def test_a_signal_ends_an_app_that_hangs_in_its_start() -> None:
    async with program("hanging") as me:
        me.look()
        await me.hears("mounting")
        me.process.send_signal(signal.SIGTERM)
        assert await me.ends() == 143
        assert not me.left_behind


async def test_a_crash_leaves_one_sentence_and_the_terminal_whole() -> None:
    async with program("counter") as me:
        me.look()
        await me.sees("count=0.")
        me.type(b"c")
        assert await me.ends() == 1
        assert not me.left_behind
        assert me.sent.endswith(b"program: crashed with 11 characters\r\n")
        assert b"Traceback" not in me.sent


async def test_an_exit_in_a_handler_leaves_the_terminal_whole() -> None:
    async with program("exiting") as me:
        me.look()
        await me.sees("no key yet")
        me.type(b"x")
        assert await me.ends() == 7
        assert not me.left_behind


async def test_a_loop_that_stops_leaves_the_terminal_whole() -> None:
    async with program("exiting") as me:
        me.look()
        await me.sees("no key yet")
        me.type(b"s")
        assert await me.ends() != 0
        assert not me.left_behind


async def test_a_loop_that_nobody_closes_leaves_the_terminal_whole() -> None:
    async with program("exiting", "abandoned") as me:
        me.look()
        await me.sees("no key yet")
        me.type(b"s")
        assert await me.ends() != 0
        assert not me.left_behind


async def test_ctrl_c_while_starting_ends_it_before_the_terminal_is_touched() -> None:
    async with program("interrupted") as me:
        me.look()
        await me.hears("making")
        me.type(b"\x03")
        assert await me.ends() == 130
        assert not me.left_behind
        assert b"made" in me.report
        assert b"\x1b" not in me.sent
        assert b"Traceback" not in me.sent


async def test_no_app_at_all_leaves_the_terminal_untouched() -> None:
    async with program("broken", typed=b"typed ahead\r") as me:
        me.look()
        assert await me.ends() == 1
        assert b"program: no app today\r\n" in me.sent
        assert b"\x1b" not in me.sent


async def test_a_terminal_that_goes_away_ends_the_app() -> None:
    async with program("counter") as me:
        me.look()
        await me.sees("count=0.")
        me.ignore(me.master)
        os.close(me.slave)
        os.close(me.master)
        assert await asyncio.wait_for(me.process.wait(), PATIENCE) == 129


async def test_a_terminal_that_goes_away_ends_an_app_that_hears_no_hangup() -> None:
    async with program("echo", "nohup") as me:
        me.look()
        await me.sees("no key yet")
        me.process.send_signal(signal.SIGHUP)
        me.type(b"a")
        await me.sees("key=a 'a'.")
        me.ignore(me.master)
        os.close(me.slave)
        os.close(me.master)
        assert await asyncio.wait_for(me.process.wait(), PATIENCE) == 129


async def test_what_was_typed_ahead_is_not_lost() -> None:
    async with program("echo", typed=b"a") as me:
        me.look()
        await me.sees("key=a 'a'.")


async def test_the_app_follows_the_size_of_its_window() -> None:
    async with program("echo", size=(100, 40)) as me:
        me.look()
        await me.sees("size=100x40.")
        me.resize(60, 15)
        await me.sees("size=60x15.")


async def test_a_program_that_was_stopped_paints_its_terminal_anew() -> None:
    async with program("counter") as me:
        me.look()
        await me.sees("count=0.")
        raw: list[Any] = termios.tcgetattr(me.slave)
        me.process.send_signal(signal.SIGSTOP)
        await me.until(lambda: state(me.process.pid) == "T", "a stopped process")
        termios.tcsetattr(me.slave, termios.TCSANOW, me.found)  # as the shell does for itself
        before = len(me.sent)
        me.process.send_signal(signal.SIGCONT)
        await me.until(lambda: b"\x1b[?1049h" in me.sent[before:], "the screens' own page")
        again = me.sent.index(b"\x1b[?1049h", before)  # what was painted before it stopped may come late
        await me.until(lambda: "count=0." in shown(bytes(me.sent[again:]), me.size))
        assert termios.tcgetattr(me.slave) == raw
        me.type(b"q")
        assert await me.ends() == 0
        assert not me.left_behind


def state(pid: int) -> str:
    return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2][0]


async def test_a_terminal_that_is_not_read_holds_up_no_app_and_gathers_no_frames() -> None:
    async with program("busy", size=(200, 60)) as me:
        await me.hears("painted 300")
        assert not fcntl.fcntl(me.slave, fcntl.F_GETFL) & os.O_NONBLOCK, "that would be the shell's to bear"
        me.look()
        await me.until(lambda: painted(me.sent)[-1:] > [300], "a late count")
        assert sum(number <= 300 for number in painted(me.sent)) < 100


def painted(sent: bytearray) -> list[int]:
    return [int(number) for number in re.findall(rb"count=(\d+)\.", sent)]


async def test_a_terminal_that_is_not_read_does_not_hinder_the_end() -> None:
    async with program("busy", size=(200, 60)) as me:
        await me.hears("painted 300")
        me.process.send_signal(signal.SIGTERM)
        assert await asyncio.wait_for(me.process.wait(), PATIENCE) == 143
        assert termios.tcgetattr(me.slave) == me.found


async def test_a_slow_terminal_is_whole_after_the_end_as_well() -> None:
    async with program("busy", size=(200, 60)) as me:
        await me.hears("painted 300")
        me.process.send_signal(signal.SIGTERM)
        await me.hears("unmounted")
        me.look()
        assert await me.ends() == 143
        assert not me.left_behind


@pytest.mark.parametrize(
    ("env", "expected"),
    [
        ({"TERM": "xterm", "NO_COLOR": "1"}, set()),
        ({"TERM": "xterm"}, {"16"}),
        ({"TERM": "xterm-256color"}, {"256"}),
        ({"TERM": "xterm-256color", "COLORTERM": "truecolor"}, {"truecolor"}),
    ],
    ids=str,
)
async def test_a_terminal_is_sent_the_colors_it_has(env: dict[str, str], expected: set[str]) -> None:
    async with program("colorful", env=env) as me:
        me.look()
        await me.sees("third")
        me.type(b"\x11")
        assert await me.ends() == 0
        assert colors(bytes(me.sent)) == expected


async def test_what_a_library_prints_does_not_reach_the_screen() -> None:
    async with program("exiting") as me:
        me.look()
        await me.sees("no key yet")
        me.type(b"p")
        await me.hears("printed")
        me.type(b"\x11")
        assert await me.ends() == 0
        assert b"printed" not in me.sent


async def test_textuals_own_driver_runs_where_the_loop_cannot_wait_for_keys() -> None:
    async with program("echo", "stock") as me:
        me.look()
        await me.sees("size=60x15.")
        me.type(b"\x11")
        assert await me.ends() == 0


async def test_a_person_sits_there_only_if_both_ends_are_a_terminal() -> None:
    async with program("counter") as me:
        await me.hears("is_terminal True")
    asked = [sys.executable, "-c", "from kty.term.local import is_terminal; print(is_terminal())"]
    process = await asyncio.create_subprocess_exec(
        *asked, stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE
    )
    assert (await process.communicate())[0] == b"False\n"
