"""Run a command to its end: what it exits with, and what is said where it fails."""

import argparse
import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from importlib import import_module
from typing import TypeAlias

from kty.commands.arguments import HelpAsked
from kty.commands.speaking import Speaker
from kty.commands.streams import Streams
from kty.commands.target import Target
from kty.commands.words import COMMANDS, Asked, parse
from kty.errors import KtyError, UsageError

log = logging.getLogger(__name__)

Run: TypeAlias = Callable[[argparse.Namespace, Target, Streams], Awaitable[int]]

CLOSED = 141
"""The status where nobody reads the output any more: 128 and SIGPIPE, as shells know it."""
UNKNOWN = 127
"""The status where there is no such command, as shells have it."""
_LAST_WORDS = 2.0
"""Seconds that a command has to end in once it was interrupted."""
_NAMES = {"exec": "execute_there"}


async def run(words: Sequence[str], target: Target, streams: Streams) -> int:
    """Run the command that these words name, for a person elsewhere: they cannot choose another cluster.

    Returns the exit status: 0; 1 for an error and 2 for wrong usage, after one sentence on stderr; `CLOSED`; 128 and
    the number of the signal that ended it; `UNKNOWN`; for `exec` the program's own. Raises nothing but cancellation.
    """
    name, *rest = words or ("",)
    if name not in COMMANDS:
        await Speaker(streams).say(f"there is no command {name!r}: there are {', '.join(COMMANDS)}")
        return UNKNOWN
    try:
        asked = parse(name, rest)
    except HelpAsked as help_text:
        return await _printed(str(help_text), streams)
    except UsageError as error:
        await Speaker(streams).say(error.sentence())
        return 2
    return await perform(asked, target, streams)


async def perform(asked: Asked, target: Target, streams: Streams) -> int:
    """Run a command whose words were read. Returns the exit status, as `run` does."""
    working = asyncio.ensure_future(_said(asked, target, streams))
    signalled = asyncio.ensure_future(streams.signalled())
    try:
        await asyncio.wait({working, signalled}, return_when=asyncio.FIRST_COMPLETED)
        if working.done():
            return working.result()
        working.cancel()
        await asyncio.wait({working}, timeout=_LAST_WORDS)
        return 128 + signalled.result()
    finally:
        for task in (working, signalled):
            task.cancel()
        await asyncio.wait({working, signalled}, timeout=_LAST_WORDS)


async def _said(asked: Asked, target: Target, streams: Streams) -> int:
    """Run it, and say in one sentence what went wrong."""
    try:
        return await _find(asked.command)(asked.given, target, streams)
    except BrokenPipeError:
        return CLOSED
    except KtyError as error:
        await Speaker(streams).say(error.sentence())
        return 2 if isinstance(error, UsageError) else 1
    except Exception as error:
        log.critical("%s crashed", asked.command, exc_info=True)
        await Speaker(streams).say(f"something went wrong inside ({type(error).__name__}); please report it")
        return 1


def _find(command: str) -> Run:
    """Return the function of a command; no other command is imported for it."""
    found: Run = getattr(import_module(f"kty.commands.{command}"), _NAMES.get(command, command))
    return found


async def _printed(text: str, streams: Streams) -> int:
    try:
        await Speaker(streams).write(text)
    except BrokenPipeError:
        return CLOSED
    return 0
