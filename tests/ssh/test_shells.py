"""A shell in a container passes through an SSH channel, byte for byte."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from kty.ssh.facts import Entered
from tests.rigged.server import RiggedDemo, serving
from tests.ssh.house import House, until
from tests.ssh.walker import kty_house, walking


@pytest.fixture
async def it(tmp_path: Path) -> AsyncIterator[House]:
    async with serving(RiggedDemo(furnished=True)) as server, kty_house(server, tmp_path) as house:
        yield house


async def test_one_types_into_it_resizes_it_and_comes_back(it: House) -> None:
    async with walking(it, size=(100, 30)) as me:
        await me.press("s")
        await until(lambda: not me.is_here)
        await me.guest.sees("ctrl-] leaves it")
        me.guest.channel.write(b"echo $((6 * 7))-fold; stty size\r")
        await me.guest.sees("42-fold", "30 100")
        me.guest.resize(120, 40)
        me.guest.channel.write(b"stty size\r")
        await me.guest.sees("40 120")
        me.guest.channel.write(b"\x1d")
        await until(lambda: me.is_here)
        await me.guest.sees("esc")
        await until(lambda: me.app.size == (120, 40))


async def test_it_is_told_who_went_into_which_container(it: House) -> None:
    async with walking(it) as me:
        await me.press("s")
        await until(lambda: it.told(Entered))
        await me.guest.sees("ctrl-] leaves it")
        entered = it.told(Entered)[0]
        assert (entered.how, entered.person, entered.namespace, entered.outcome) == ("exec", "anna", "shop", "ok")
        assert entered.pod
        assert entered.command
        me.guest.channel.write(b"\x1d")
        await until(lambda: me.is_here)


async def test_who_goes_away_from_within_one_leaves_nothing_behind(it: House) -> None:
    async with walking(it) as me:
        await me.press("s")
        await until(lambda: not me.is_here)
        await me.guest.sees("ctrl-] leaves it")
        me.guest.channel.close()
        await me.guest.leaves()
        app = me.app
        await until(lambda: not app.is_running)
        assert app.crash is None
        await until(lambda: not [each for each in app.session._programs.values() if not each.is_over])
