"""Whatever a command prints over SSH of what others wrote, no terminal is told anything: not even without a pty."""

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kty.commands.target import Target
from kty.demo.pods import logs
from kty.kube.target import Config
from kty.runtime.shared import Shared
from kty.ssh.login import Identity
from kty.ssh.session import ChannelSession
from kty.text import is_printable
from tests.commands.test_poison import COMMANDS, POISON, poisoned
from tests.rigged.server import RiggedDemo, serving
from tests.rigged.shop import Shop
from tests.ssh.house import House, sit
from tests.ssh.walker import ANNA, kty_house

_COLOURS = re.compile(r"\x1b\[[0-9;:]*m")


def is_harmless(sent: bytes) -> bool:
    """Say whether a terminal shows this and does nothing else; lines of logs keep their colours."""
    return is_printable(re.sub(r"[\r\n\t]", "", _COLOURS.sub("", sent.decode())))


@pytest.fixture
async def cluster(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[RiggedDemo]:
    shown = logs._Writer._shown

    def poison(self: Any, line: Any) -> bytes:
        return shown(self, line).rstrip(b"\n") + POISON.encode() + b"\xff\x9b2J\n"

    monkeypatch.setattr(logs._Writer, "_shown", poison)
    async with serving(RiggedDemo()) as server:
        server.user = f"anna{POISON}"
        Shop(1_764_108_822.0).open_at(server)
        yield server


@pytest.fixture
def names(cluster: RiggedDemo) -> dict[str, str]:
    """Poison what can be, and return names of poisoned objects, by what commands call them."""
    names = {}
    for word, kind in (("pod", "pods"), ("cm", "configmaps"), ("coupon", "coupons.shop.example"), ("e", "events")):
        for each in list(cluster._demo.registry.list(kind)):
            names[f"plain_{word}"] = each["metadata"]["name"]
            made = cluster.put(kind, poisoned(each))
            if made["metadata"].get("namespace") == "shop":
                names[word] = made["metadata"]["name"]
    return names


@pytest.fixture
async def it(cluster: RiggedDemo, tmp_path: Path) -> AsyncIterator[House]:
    async with kty_house(cluster, tmp_path) as house:
        yield house


@pytest.mark.parametrize("term", ["", "xterm", f"xterm{POISON}"], ids=["pipe", "terminal", "poison"])
async def test_no_terminal_is_told_anything(it: House, names: dict[str, str], term: str) -> None:
    term = term.encode("ascii", "ignore").decode()
    async with it.connected(ANNA) as connection:
        for command in (*COMMANDS, "logs {pod} -n {ns} --timestamps", "get pods --help {poison}"):
            words = (each.format(ns="shop", poison=POISON, **names) for each in command.split())
            line = " ".join(f"'{each}'" for each in words)
            me = await sit(connection, command=line, term=term)
            await me.leaves()
            assert me.sent or me.errors, command
            assert is_harmless(bytes(me.sent)), command
            assert is_harmless(bytes(me.errors)), command


async def test_lines_of_a_log_come_as_they_are_to_whoever_asks_for_that(it: House, cluster: RiggedDemo) -> None:
    found = [each for each in cluster._demo.registry.list("pods") if each["metadata"]["namespace"] == "shop"]
    name = next(each["metadata"]["name"] for each in found if each["status"]["phase"] == "Running")
    async with it.connected(ANNA) as connection:
        for line, raw in ((f"logs {name} -n shop --all-containers", False), (f"logs {name} -n shop --raw", True)):
            me = await sit(connection, command=line, term="")
            assert await me.leaves() == 0
            assert me.sent
            assert (b"\xff\x9b2J\n" in me.sent) is raw
            assert raw or is_harmless(bytes(me.sent))


class Wire:
    """A channel that keeps what is written."""

    def __init__(self) -> None:
        self.sent = bytearray()
        self.status: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    def write(self, data: bytes, datatype: int | None = None) -> None:
        self.sent += data

    write_stderr = write

    def exit(self, status: int) -> None:
        self.status.set_result(status)

    def get_terminal_size(self) -> tuple[int, int, int, int]:
        return 80, 24, 0, 0

    def set_write_buffer_limits(self, high: int) -> None:
        pass

    def pause_reading(self) -> None:
        pass

    def is_closing(self) -> bool:
        return False


class Anybody:
    """A host of a session, for somebody who logged in with any name; no cluster is there."""

    identity = Identity("anna", "anna")
    is_ending = False

    def __init__(self, username: str, shared: Shared) -> None:
        self.username = username
        self.shared = shared
        self.noted = ""
        self.running: asyncio.Task[None] | None = None

    def make_target(self, identity: Identity) -> Target:
        return Target(Config(context="c", cluster="c", user="u", server="http://127.0.0.1:9"), self.shared)

    def make_app(self, terminal: Any, identity: Identity) -> Any:
        raise AssertionError("there are no screens without a terminal")

    def touch(self) -> None:
        pass

    opened = closed = lambda self, session: None

    def note(self, what: str) -> None:
        self.noted = what

    def refuse(self, reason: str, why: str) -> None:
        assert reason in ("command", "subsystem")
        assert is_printable(why)

    def spawn(self, session: ChannelSession, name: str) -> None:
        self.running = asyncio.ensure_future(session.attend())


_ODD = st.text(st.one_of(st.sampled_from([*POISON, " ", "'", '"', "/", "+", "-", "a", "p"]), st.characters()))
_LINES = st.one_of(
    st.none(),
    _ODD,
    st.tuples(
        st.sampled_from(("get pods", "logs", "exec", "describe", "events", "whoami", "exec -t a/b --", "")), _ODD
    ).map(" ".join),
)


@given(st.one_of(_ODD, st.just("shop/web-1")), _ODD, _LINES, st.booleans(), st.binary(max_size=20))
@settings(max_examples=150)
def test_whatever_a_client_sends_comes_back_harmless(
    username: str, term: str, line: str | None, has_terminal: bool, typed: bytes
) -> None:
    async def talk() -> bytes:
        shared = Shared()
        wire: Any = Wire()
        host: Any = Anybody(username, shared)
        session = ChannelSession(host)
        session.connection_made(wire)
        if has_terminal and line is not None:
            session.pty_requested(term, (80, 24, 0, 0), {})
        session.shell_requested() if line is None else session.exec_requested(line)
        session.session_started()
        session.data_received(typed, None)
        session.eof_received()
        await asyncio.wait_for(wire.status, 60)
        if host.running is not None:
            await host.running
        await shared.close()
        assert is_printable(host.noted)
        return bytes(wire.sent)

    sent = asyncio.run(talk()).decode("utf-8", "replace")
    if not (has_terminal and typed):  # else keys are shown, as they would be anywhere
        assert is_printable(re.sub(r"[\r\n]", "", sent))
