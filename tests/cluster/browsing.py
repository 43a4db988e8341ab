"""kty as a person has it before them, on a real API server."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any, TypeAlias

from kty.app import KtyApp
from kty.kube.config import infer, load
from kty.runtime.clock import SYSTEM, Clock
from kty.runtime.shared import Shared
from kty.screens.session import Session
from kty.settings import Settings
from kty.state import State
from kty.widgets.live_table import LiveTable
from kty.widgets.meter_bar import MeterBar
from tests.sitting import Sitting, sitting_at

PATIENCE = 60.0
"""Seconds: a pod starts, a controller acts, a server starts again."""

Person: TypeAlias = Sitting[KtyApp]


@asynccontextmanager
async def browsing(
    kubeconfig: Path,
    *namespaces: str,
    context: str | None = None,
    first: str = "",
    clock: Clock = SYSTEM,
    size: tuple[int, int] = (160, 40),
    env: Mapping[str, str] | None = None,
    **settings: Any,
) -> AsyncIterator[Person]:
    """Sit down at kty with nothing remembered; no namespaces: what it chooses by itself."""
    shared = Shared()
    session = Session(
        infer(kubeconfig, context),
        load(kubeconfig),
        shared,
        settings=Settings(**settings),
        state=State(),
        namespaces=namespaces or None,
        clock=clock,
    )
    try:
        make_app = partial(KtyApp, session=session, first=first)
        async with sitting_at(make_app, size=size, env=env, patience=PATIENCE) as me:
            yield me
    finally:
        await shared.close()


async def command(me: Person, text: str) -> None:
    """Type a command and send it."""
    await me.press(":")
    await me.pastes(text)
    await me.press("enter")


async def filtered(me: Person, text: str) -> None:
    """Filter by this text and nothing else."""
    await me.press("/", "ctrl+u")
    await me.pastes(text)
    await me.press("enter")


def lines(me: Person) -> list[list[str]]:
    """Return the words of each line between the header and what is said below the rows, marks of changes left out."""
    meters = any(meter.display for meter in me.app.screen.query(MeterBar))
    return [line.removeprefix("▎").split() for line in me.screen.splitlines()[1 : -3 if meters else -2]]


def row(me: Person, name: str) -> list[str]:
    """Return the words of the line that has this name in it; none where there is no such line."""
    return next((words for words in lines(me) if name in words), [])


def truth(me: Person) -> str:
    """Return the line that says how true the rows are."""
    return me.screen.splitlines()[-2]


def under_cursor(me: Person) -> object:
    """Return the name of the row that the cursor is on."""
    key = me.app.screen.query_one(LiveTable).cursor_key
    return key[1] if isinstance(key, tuple) else None


async def shows(me: Person, *names: str) -> None:
    """Wait until the rows are these, in this order, and the truth line counts them and calls them live."""

    def is_so() -> bool:
        rows = [words for words in lines(me)[1:] if words]
        return (
            len(rows) == len(names)
            and all(name in words for name, words in zip(names, rows, strict=True))
            and f" {len(names)} of " in truth(me)
            and truth(me).endswith(("● live", "● live, metrics every 15 s"))
        )

    await me.until(is_so, f"rows of {names}")
