"""The shell in a container: what a script prints, complains of and ends with."""

import asyncio
from collections.abc import Iterable

from tests.cluster.place import Place
from tests.contract.conftest import Cluster
from tests.contract.pods_that_run import run, start
from tests.contract.shell_scripts import SCRIPTS, Script
from tests.contract.streams import ERROR, STDERR, STDOUT

AT_ONCE = 8
"""Sessions that are open at a time."""


async def test_scripts_do_what_they_say(cluster: Cluster, place: Place) -> None:
    await start(place, "one")
    turns = asyncio.Semaphore(AT_ONCE)

    async def outcome(script: Script) -> Script:
        async with turns, run(cluster, place, "one", script.text) as session:
            await session.end()
        assert ERROR in session.came, script
        return Script(script.text, session.on(STDOUT).decode(), session.on(STDERR).decode(), session.code)

    outcomes = await asyncio.gather(*[outcome(script) for script in SCRIPTS])
    assert _shown(outcomes) == _shown(SCRIPTS)


def _shown(scripts: Iterable[Script]) -> list[tuple[str, str, str, int]]:
    return [(script.text, script.printed, script.complained, script.code) for script in scripts]
