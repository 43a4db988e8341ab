"""Attack a server, each way for some seconds: what it has in memory above its rest, and how long an honest login takes.

Server, attacker and whoever means well are processes of their own. `python -m bench attacks [NAME…]`.
"""

import asyncio
import statistics
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path

import asyncssh

from tests.ssh.attacks import ATTACKS, inside
from tests.ssh.victim import Victim, victim

SECONDS = 10.0
MOST_MEMORY = 64.0
"""MiB above the rest."""
MOST_TIME = 2.0
"""Seconds of a login, to the first frame."""
_HONEST = "127.0.0.9"


def main(arguments: list[str]) -> int:
    if arguments[:1] == ["attack"]:
        asyncio.run(_attack(*arguments[1:]))
        return 0
    return asyncio.run(_measure(arguments or [*ATTACKS]))


async def _attack(name: str, port: str, key: str) -> None:
    with suppress(asyncssh.Error, OSError):
        await ATTACKS[name](int(port), asyncssh.read_private_key(key))
    await asyncio.sleep(3600)


async def _measure(names: list[str]) -> int:
    attacker, honest = (asyncssh.generate_private_key("ssh-ed25519") for _ in range(2))
    print(f"| attack, {SECONDS:g} s each | memory above rest, MiB | login → first frame, median / worst of | |")
    print("|---|---|---|---|")
    worst_memory = worst_time = 0.0
    with tempfile.TemporaryDirectory() as folder:
        key = Path(folder) / "key"
        attacker.write_private_key(key)
        for name in names:
            memory, times = await _one(name, str(key), attacker, honest)
            worst_memory, worst_time = max(worst_memory, memory), max(worst_time, *times)
            logins = f"{statistics.median(times):.2f} / {max(times):.2f} s of {len(times)}"
            verdict = "" if memory <= MOST_MEMORY and max(times) <= MOST_TIME else "**over**"
            print(f"| {name} | {memory:.1f} | {logins} | {verdict} |", flush=True)
    goal = f"≤ {MOST_MEMORY:g} MiB, ≤ {MOST_TIME:g} s"
    print(f"| worst | {worst_memory:.1f} | {worst_time:.2f} s | {goal} |")
    return int(worst_memory > MOST_MEMORY or worst_time > MOST_TIME)


async def _one(name: str, key: str, attacker: asyncssh.SSHKey, honest: asyncssh.SSHKey) -> tuple[float, list[float]]:
    async with victim(attacker, honest) as it:
        await _login(it, honest)
        rest = it.memory
        command = sys.executable, "-m", "bench", "attacks", "attack", name, str(it.port), key
        attacking = await asyncio.create_subprocess_exec(*command)
        try:
            await asyncio.sleep(1.5)  # it has to start, too
            measuring = asyncio.ensure_future(_highest(it))
            times: list[float] = []
            while not measuring.done():
                times.append(await _login(it, honest))
                await asyncio.sleep(0.5)
            return (await measuring - rest) / (1 << 20), times
        finally:
            attacking.kill()
            await attacking.wait()


async def _login(it: Victim, key: asyncssh.SSHKey) -> float:
    """Return the seconds to the first frame; who is turned away tries again, and the time goes on."""
    began = time.perf_counter()
    while True:
        with suppress(asyncssh.Error, OSError):
            return await _first_frame(it, key, began)
        await asyncio.sleep(0.2)


async def _first_frame(it: Victim, key: asyncssh.SSHKey, began: float) -> float:
    async with inside(it.port, key, here=_HONEST) as connection:
        process = await connection.create_process(term_type="xterm", encoding=None)
        await process.stdout.readuntil(b"no key yet")
        took = time.perf_counter() - began
        process.close()
    return took


async def _highest(it: Victim) -> float:
    most = it.memory
    for _ in range(int(SECONDS / 0.05)):
        await asyncio.sleep(0.05)
        most = max(most, it.memory)
    return float(most)
