"""The terminal of a container: echo, editing, signals, and the keys at a prompt."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest

from kty.demo.demo import Demo
from kty.demo.pods.containers import containers_of
from kty.demo.pods.machine import Process, program, run
from kty.demo.pods.streams import Reader
from kty.demo.pods.terminal import Terminal
from tests.demo.pods import demo_at, run_pod
from tests.runtime.fake_clock import FakeClock, settle
from tests.term.emulator import shown

UP, DOWN, RIGHT, LEFT, HOME, END, DELETE = "\x1b[A", "\x1b[B", "\x1b[C", "\x1b[D", "\x1b[H", "\x1b[F", "\x1b[3~"


@dataclass
class Seat:
    """Somebody at a terminal, and what is on the screen."""

    clock: FakeClock
    task: "asyncio.Task[int] | None" = None
    sent: bytearray = field(default_factory=bytearray)
    size: tuple[int, int] = (40, 12)

    def __post_init__(self) -> None:
        self.terminal = Terminal(self)
        self.terminal.resize(*self.size)

    async def write(self, data: bytes) -> None:
        self.sent += data

    async def type(self, keys: str) -> str:
        """Press keys; return the screen once everything has come to rest."""
        for key in keys.split("\0"):
            await self.terminal.feed(key.encode())
            await settle()
        return self.screen

    @property
    def screen(self) -> str:
        return shown(bytes(self.sent), self.size).rstrip("\n")

    @property
    def last(self) -> str:
        """The line in which the cursor most likely is."""
        return self.screen.splitlines()[-1]


@asynccontextmanager
async def sitting_at(demo: Demo, clock: FakeClock, *argv: str) -> AsyncIterator[Seat]:
    container = containers_of(demo).container(run_pod(demo), "main")
    assert container is not None
    machine, seat = container.machine, Seat(clock)
    screen = seat.terminal
    words = list(argv) or ["sh"]
    process = Process(machine, words, dict(machine.env), "/", Reader(screen), screen, screen, screen)
    seat.task = asyncio.create_task(run(process, program(machine, words[0], machine.env)))
    await settle()
    try:
        yield seat
    finally:
        seat.task.cancel()


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def demo(clock: FakeClock) -> Demo:
    return demo_at(clock)


async def test_a_line_is_typed_edited_and_run(demo: Demo, clock: FakeClock) -> None:
    async with sitting_at(demo, clock) as seat:
        assert seat.last == "/ #"
        assert (await seat.type("ecxx")).endswith("/ # ecxx")
        await seat.type("\x7f\x7f")
        assert seat.last == "/ # ec"
        await seat.type("ho ne" + LEFT + LEFT + "o" + END + "!" + "\r")
        assert seat.screen.splitlines()[-2:] == ["one!", "/ #"]


async def test_the_keys_that_move_and_erase(demo: Demo, clock: FakeClock) -> None:
    async with sitting_at(demo, clock) as seat:
        await seat.type("one two three")
        await seat.type("\x17")
        assert seat.last == "/ # one two"
        await seat.type(HOME + DELETE + "\x01O" + "\x05!")
        assert seat.last == "/ # One two !"
        await seat.type(LEFT * 5 + "\x0b")
        assert seat.last == "/ # One"
        await seat.type("\x15")
        assert seat.last == "/ #"
        await seat.type("äöü" + LEFT + "\x7f" + RIGHT + "x")
        assert seat.last == "/ # äüx"


async def test_lines_before_are_recalled(demo: Demo, clock: FakeClock) -> None:
    async with sitting_at(demo, clock) as seat:
        await seat.type("echo first\recho second\r")
        await seat.type(UP)
        assert seat.last == "/ # echo second"
        await seat.type(UP)
        assert seat.last == "/ # echo first"
        await seat.type(DOWN)
        assert seat.last == "/ # echo second"
        await seat.type(DOWN + "\x7f" + UP + " too\r")
        assert seat.screen.splitlines()[-2] == "second too"


async def test_a_line_longer_than_the_screen(demo: Demo, clock: FakeClock) -> None:
    async with sitting_at(demo, clock) as seat:
        long = "echo " + "x" * 50
        await seat.type(long)
        assert "".join(seat.screen.splitlines()[-2:]) == f"/ # {long}"
        await seat.type(HOME + "\x06" * 5 + "yy")
        assert "".join(seat.screen.splitlines()[-2:]) == f"/ # {long[:5]}yy{long[5:]}"
        await seat.type("\x15" + "\x0b")
        assert seat.last == "/ #"


async def test_tab_completes_names(demo: Demo, clock: FakeClock) -> None:
    async with sitting_at(demo, clock) as seat:
        await seat.type("cat /etc/host\tn\t")
        assert seat.last == "/ # cat /etc/hostname"
        await seat.type("\x15md5\t")
        assert seat.last == "/ # md5sum"
        await seat.type("\x15ls /et\t")
        assert seat.last == "/ # ls /etc/"


async def test_control_c_ends_what_runs_and_not_the_shell(demo: Demo, clock: FakeClock) -> None:
    async with sitting_at(demo, clock) as seat:
        await seat.type("half a line\x03")
        assert seat.screen.splitlines()[-2:] == ["/ # half a line^C", "/ #"]
        await seat.type("sleep 1000\r")
        await seat.type("\x03")
        assert seat.screen.splitlines()[-2:] == ["^C", "/ #"]
        await seat.type("echo $?\r")
        assert seat.screen.splitlines()[-2] == "130"
        await seat.type("while true; do echo again; sleep 1; done\r")
        await clock.advance(2)
        await seat.type("\x03echo out\r")
        assert seat.screen.splitlines()[-2] == "out"


async def test_control_d_ends_input_and_shell(demo: Demo, clock: FakeClock) -> None:
    async with sitting_at(demo, clock) as seat:
        await seat.type("cat\r")
        await seat.type("hellx\x7fo\r")
        assert seat.screen.splitlines()[-2:] == ["hello", "hello"]
        await seat.type("\x04")
        assert seat.last == "/ #"
        await seat.type("(exit 7)\r")
        await seat.type("\x04")
        assert seat.task is not None
        assert await seat.task == 7


async def test_an_unfinished_command_goes_on(demo: Demo, clock: FakeClock) -> None:
    async with sitting_at(demo, clock) as seat:
        await seat.type("for i in 1 2; do\r")
        assert seat.last == ">"
        await seat.type("echo n$i\rdone\r")
        assert seat.screen.splitlines()[-3:] == ["n1", "n2", "/ #"]
        await seat.type(")\r")
        assert 'sh: syntax error: unexpected ")"' in seat.screen
        await seat.type("echo still here\r")
        assert seat.screen.splitlines()[-2] == "still here"


async def test_the_prompt_shows_where_one_is(demo: Demo, clock: FakeClock) -> None:
    async with sitting_at(demo, clock) as seat:
        await seat.type("cd /etc\r")
        assert seat.last == "/etc #"
        await seat.type("cd\r")
        assert seat.last == "~ #"


async def test_top_is_live_until_q(demo: Demo, clock: FakeClock) -> None:
    async with sitting_at(demo, clock) as seat:
        await seat.type("top\r")
        assert seat.screen.startswith("Mem: ")
        assert "PID" in seat.screen
        before = bytes(seat.sent)
        await clock.advance(11)
        assert bytes(seat.sent).count(b"\x1b[H\x1b[J") == before.count(b"\x1b[H\x1b[J") + 2
        seat.terminal.resize(30, 8)
        await settle()
        assert bytes(seat.sent).count(b"\x1b[H\x1b[J") == before.count(b"\x1b[H\x1b[J") + 3
        await seat.type("q")
        assert seat.last == "/ #"
        await seat.type("top\r")
        await seat.type("\x03")
        await seat.type("echo back\r")
        assert seat.screen.splitlines()[-2] == "back"


async def test_programs_see_the_terminal(demo: Demo, clock: FakeClock) -> None:
    async with sitting_at(demo, clock) as seat:
        await seat.type("tty; [ -t 0 ] && stty size\r")
        assert seat.screen.splitlines()[-3:] == ["/dev/pts/0", "12 40", "/ #"]
        await seat.type("stty -echo; read secret\r")
        await seat.type("hidden\r")
        assert "hidden" not in seat.screen
        await seat.type("echo $secret; ls /app\r")
        assert "hidden" in seat.screen
        assert "README       VERSION      config.yaml" in seat.screen


async def test_a_program_that_is_no_shell_reads_lines(demo: Demo, clock: FakeClock) -> None:
    async with sitting_at(demo, clock, "wc", "-l") as seat:
        await seat.type("one\rtwo\r\x04")
        assert seat.task is not None
        assert await seat.task == 0
        assert seat.last == "2"
