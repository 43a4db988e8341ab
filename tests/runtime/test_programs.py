"""Programs in containers: sat at, left running, come back to."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from contextvars import ContextVar, copy_context

import pytest

from kty.kube.client import Client
from kty.kube.deeds import TELLS, Deed, telling
from kty.kube.mock import CONFIG, MockTransport, Peer
from kty.kube.reply import Reply
from kty.kube.streams.exec import Process, execute
from kty.runtime.programs import KEPT, Program
from tests.kube.waiting import until

SUCCESS = b'\3{"status": "Success"}'


class Chair:
    """Where a person sits."""

    def __init__(self, size: tuple[int, int] = (80, 24)) -> None:
        self.left = asyncio.Event()
        self.size = size
        self.shown = b""
        self._typed: asyncio.Queue[bytes] = asyncio.Queue()
        self._sizes: asyncio.Queue[tuple[int, int]] = asyncio.Queue()

    def type(self, data: bytes) -> None:
        self._typed.put_nowait(data)

    def drag(self, columns: int, lines: int) -> None:
        self._sizes.put_nowait((columns, lines))

    async def typed(self) -> bytes:
        return await self._typed.get()

    async def write(self, data: bytes) -> None:
        self.shown += data

    async def resize(self) -> tuple[int, int]:
        return await self._sizes.get()


class Container:
    """The other end: what it heard, and what it says when it is told to."""

    def __init__(self) -> None:
        self.typed = b""
        self.sizes: list[tuple[int, int]] = []
        self.is_open = asyncio.Event()
        self.peer: Peer

    async def talk(self, peer: Peer) -> None:
        self.peer = peer
        self.is_open.set()
        while (message := await peer.receive()) is not None:
            if message[0] == 0:
                self.typed += message[1:]
            elif message[0] == 4:
                size = json.loads(message[1:])
                self.sizes.append((size["Width"], size["Height"]))

    async def says(self, data: bytes) -> None:
        await self.is_open.wait()
        await self.peer.send(b"\1" + data)

    async def ends(self, code: int = 0) -> None:
        causes = [{"reason": "ExitCode", "message": str(code)}]
        failed = {"status": "Failure", "reason": "NonZeroExitCode", "details": {"causes": causes}, "code": 500}
        await self.peer.send(b"\3" + json.dumps(failed).encode() if code else SUCCESS)


@asynccontextmanager
async def running() -> AsyncIterator[tuple[Program, Container]]:
    container = Container()
    transport = MockTransport(lambda request: transport.websocket(request, container.talk))
    async with Client(CONFIG, transport=transport) as client:
        program = Program(lambda: execute(client, "web", "a", ["sh"], stdin=True, tty=True))
        try:
            yield program, container
        finally:
            await program.close()


@asynccontextmanager
async def sitting(program: Program, chair: Chair) -> AsyncIterator[None]:
    """Sit there until the block ends or the person leaves."""
    task = asyncio.create_task(program.sit(chair))
    try:
        yield
        chair.left.set()
        await task
    finally:
        task.cancel()


async def test_what_is_typed_printed_and_dragged_goes_straight_through() -> None:
    async with running() as (program, container):
        chair = Chair()
        async with sitting(program, chair):
            await until(lambda: container.sizes == [(80, 24)])
            chair.type(b"ls\r\x1b[A\xff")
            await until(lambda: container.typed == b"ls\r\x1b[A\xff")
            await container.says(b"\x1b[31mred\x1b[0m\xff")
            await until(lambda: chair.shown == b"\x1b[31mred\x1b[0m\xff")
            chair.drag(99, 30)
            await until(lambda: container.sizes[-1] == (99, 30))


@pytest.mark.parametrize("code", [0, 7])
async def test_its_end_gives_the_terminal_back(code: int) -> None:
    async with running() as (program, container):
        chair = Chair()
        sat = asyncio.create_task(program.sit(chair))
        await until(lambda: bool(container.sizes))
        await container.says(b"bye")
        await container.ends(code)
        await sat
        assert (chair.shown, program.exit and program.exit.code, program.fault) == (b"bye", code, None)
        await until(lambda: program.is_over)
        await program.sit(Chair())  # there is nothing to sit at any more


async def test_who_comes_back_sees_what_came_last_and_it_paints_anew() -> None:
    async with running() as (program, container):
        first, second, told = Chair(), Chair((100, 40)), []
        program.on_change(lambda: told.append(program.unseen))
        async with sitting(program, first):
            await container.says(b"seen ")
            await until(lambda: bool(first.shown))
        await container.says(b"unseen")
        await until(lambda: program.unseen == 6)
        assert told == [6]
        async with sitting(program, second):
            await until(lambda: second.shown == b"seen unseen")
            await until(lambda: container.sizes[-2:] == [(100, 39), (100, 40)])
            assert (program.unseen, first.shown) == (0, b"seen ")


async def test_what_was_printed_at_the_end_while_nobody_looked_is_shown_once() -> None:
    async with running() as (program, container):
        await program.started()
        await container.says(b"last\x1b[6n words")
        await container.ends(0)
        await until(lambda: program.is_over)
        assert program.unseen
        late, later = Chair(), Chair()
        await program.sit(late)
        await program.sit(later)
        assert (late.shown, later.shown, program.unseen) == (b"last words", b"", 0)


async def test_more_than_is_kept_waits_until_somebody_looks() -> None:
    async with running() as (program, container):
        await program.started()
        line = b"x" * 1023 + b"\n"
        for _ in range(KEPT // len(line)):
            await container.says(line)
        await until(lambda: program.is_held_up)
        pouring = asyncio.create_task(pour(container, line, 20))
        chair = Chair()
        async with asyncio.timeout(20):
            async with sitting(program, chair):
                await until(lambda: len(chair.shown) == KEPT + 20 * len(line))
            await pouring
        assert not program.is_held_up


async def pour(container: Container, line: bytes, times: int) -> None:
    for _ in range(times):
        await container.says(line)


async def test_what_is_shown_again_is_the_last_of_it_from_a_lines_beginning_and_asks_nothing() -> None:
    async with running() as (program, container):
        chair = Chair()
        async with sitting(program, chair):
            line = "Ünïcödé \x1b[32m%06d\x1b[0m\r\n"
            for number in range(4000):
                await container.says((line % number).encode())
            questions = (
                b"\x05\x1b[c\x1b[>0c\x1b[>q\x1b[6n\x1b[?6n\x1b[?2026$p\x1b[?u\x1b[18t\x1b]11;?\x07\x1b]4;1;?\x1b\\"
            )
            await container.says(b"a" + questions + b"\x1bP+q544e\x1b\\\x1b]52;c;?\x07b\x1b[2J")
            await until(lambda: chair.shown.endswith(b"\x1b[2J"))
        again = Chair()
        async with sitting(program, again):
            await until(lambda: bool(again.shown))
        assert len(again.shown) <= KEPT
        assert again.shown.startswith("Ünïcödé ".encode())
        assert again.shown.endswith(b"\r\nab\x1b[2J")


async def test_a_stream_that_breaks_off_is_told() -> None:
    async with running() as (program, container):
        chair = Chair()
        sat = asyncio.create_task(program.sit(chair))
        await until(lambda: bool(container.sizes))
        await container.says(b"half a wo")
        await container.peer.close()
        await sat
        assert chair.shown == b"half a wo"
        await until(lambda: program.is_over)


async def test_what_cannot_be_started_is_told() -> None:
    refused = Reply.refusal(403, "pods is forbidden")
    async with Client(CONFIG, transport=MockTransport(lambda request: refused)) as client:
        program = Program(lambda: execute(client, "web", "a", ["sh"], stdin=True, tty=True))
        await program.sit(Chair())
        assert str(program.fault) == "pods is forbidden"


async def test_who_hears_of_deeds_hears_of_it_and_nothing_else_of_the_session_reaches_it() -> None:
    deeds: list[Deed] = []
    belongs: ContextVar[str] = ContextVar("belongs", default="to nobody")
    seen: list[str] = []
    transport = MockTransport(lambda request: transport.websocket(request, Container().talk))
    async with Client(CONFIG, transport=transport, layers=[telling()]) as client:

        @asynccontextmanager
        async def opens() -> AsyncIterator[Process]:
            seen.append(belongs.get())
            async with execute(client, "web", "a", ["sh"], stdin=True, tty=True) as process:
                yield process

        context = copy_context()
        context.run(TELLS.set, deeds.append)
        context.run(belongs.set, "to the session")
        program = context.run(Program, opens)
        await program.started()
        await program.close()
    assert [(deed.verb, deed.part, deed.name, deed.outcome) for deed in deeds] == [("connect", "exec", "a", "ok")]
    assert seen == ["to nobody"]


async def test_closing_ends_it_whoever_sits_there() -> None:
    before = asyncio.all_tasks()
    async with running() as (program, container):
        sat = asyncio.create_task(program.sit(Chair()))
        await until(lambda: bool(container.sizes))
        await program.close()
        await sat
    assert asyncio.all_tasks() == before
