"""A program of which only its name is known, since it is the image's own: it works for a while and says so."""

import random
from typing import Final

from kty.demo.pods.machine import Process, Program

TAKES: Final = 2.0
"""Seconds; the cluster reckons with them, too."""


def own(last_words: str) -> Program:
    """Return what stands for such programs; `last_words` say what they come upon, where that is known."""

    async def work(process: Process) -> int:
        name, clock = process.name, process.machine.clock
        chance = random.Random(" ".join(process.argv))  # noqa: S311 - the same each time
        if name in ("psql", "pg_restore", "mysql"):
            source = next((word for word in process.arguments if word.endswith(".sql")), "<stdin>")
            await clock.sleep(TAKES)
            why = last_words or 'ERROR:  column "discount" of relation "orders" already exists'
            await process.stderr.write(f"{name}:{source}:{chance.randrange(3, 40)}: {why}\n".encode())
            return 3
        await process.say(f"{name}: started\n")
        await clock.sleep(TAKES / 2)
        done = chance.randrange(20, 900)
        await process.say(f"{name}: {done} of {done + chance.randrange(10, 200)} done\n")
        await clock.sleep(TAKES / 2)
        if last_words:
            await process.stderr.write(f"{name}: {last_words}\n".encode())
            return 1
        await process.say(f"{name}: finished\n")
        return 0

    return work
