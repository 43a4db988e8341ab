"""Do something to many objects: to which it can be done, what will happen, a few at a time, and how it went."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Sequence

from kty.errors import KtyError
from kty.kube.client import Client
from kty.runtime.access import Access, Need
from kty.text import printable
from kty.views.actions import AT_ONCE, Action, Target, counted

log = logging.getLogger(__name__)

NAMED = 6
"""Objects that are named before the others are only counted."""
EXPLAINED = 3
"""Failures that are told with their reasons."""

Refused = tuple[Target, str]
"""An object, and why it is not or was not done to it."""


async def sort_out(action: Action, targets: Sequence[Target], access: Access) -> tuple[list[Target], list[Refused]]:
    """Return those that it can be done to, and why not to each of the others."""
    slots = asyncio.Semaphore(AT_ONCE)

    async def ask(target: Target, name: str) -> str:
        async with slots:
            need = Need(action.verb, target.resource, target.namespace, name, action.part)
            return await access.why_not(need)

    # Whoever may do it to all in a namespace need not be asked about for each; whoever may not, may do it to some.
    of_namespace = {target.namespace: target for target in targets}
    answers = await asyncio.gather(*[ask(target, "") for target in of_namespace.values()])
    closed = {namespace for namespace, why_not in zip(of_namespace, answers, strict=True) if why_not}

    async def why_not(target: Target) -> str:
        said = action.why_not(target)
        return said or (await ask(target, target.name) if target.namespace in closed else "")

    reasons = await asyncio.gather(*map(why_not, targets))
    sorted_out = list(zip(targets, reasons, strict=True))
    return [target for target, said in sorted_out if not said], [each for each in sorted_out if each[1]]


def says(action: Action, targets: Sequence[Target], refused: Sequence[Refused], typed: str) -> str:
    """Return what will happen, to whom by name, and who is left out; printable, a line for each."""
    said = action.says_many(targets, typed) if action.says_many is not None else action.title
    names = [_name(target) for target in targets[:NAMED]]
    lines = [said, "", _and_more(names, len(targets), ", ")]
    if refused:
        lines += ["", left_out(refused)]
    return "\n".join(map(printable, lines))


def left_out(refused: Sequence[Refused]) -> str:
    """Say whom it is not done to, and why."""
    reasons = list(dict.fromkeys(reason for _, reason in refused))
    return f"Left out: {_and_more(reasons[:EXPLAINED], len(reasons), '; ')}."


async def run_all(
    action: Action, client: Client, targets: Sequence[Target], typed: str
) -> AsyncGenerator[tuple[Target, str], None]:
    """Do it to all, so many at a time as the action says; yield each that is over, with what went wrong or nothing.

    One that goes wrong holds up no other.
    """
    waiting = iter(targets)
    over: asyncio.Queue[tuple[Target, str]] = asyncio.Queue()

    async def work() -> None:
        for target in waiting:
            over.put_nowait((target, await _run(action, client, target, typed)))

    workers = [asyncio.ensure_future(work()) for _ in range(min(action.at_once, len(targets)))]
    try:
        for _ in targets:
            yield await over.get()
    finally:
        for worker in workers:
            worker.cancel()
        await asyncio.gather(*workers, return_exceptions=True)


async def _run(action: Action, client: Client, target: Target, typed: str) -> str:
    try:
        async for _ in action.run(client, target, typed):
            pass
    except KtyError as error:
        return error.sentence()
    except Exception as error:
        log.exception("an action went wrong")
        return f"kty failed ({type(error).__name__}: {error}); please report it"
    return ""


def tells(action: Action, targets: Sequence[Target], failed: Sequence[Refused]) -> str:
    """Say how it went."""
    if not failed:
        return f"{action.title}: done to {counted(targets)}"
    named = [f"{_name(target)}: {reason}" for target, reason in failed[:EXPLAINED]]
    are = "is" if len(failed) == 1 else "are"
    return (
        f"{action.title}: {len(failed):,} of {counted(targets)} failed and {are} still marked: "
        f"{_and_more(named, len(failed), '; ')}"
    )


def _name(target: Target) -> str:
    return f"{target.namespace}/{target.name}" if target.namespace else target.name


def _and_more(named: Sequence[str], number: int, between: str) -> str:
    more = number - len(named)
    return between.join(named) + (f" and {more:,} more" if more else "")
