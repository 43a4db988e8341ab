"""Sit down at kty, in front of a demo cluster that a test has its hands in."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeAlias

from kty.app import KtyApp
from kty.kube.config import load
from kty.runtime.shared import Shared
from kty.screens.session import Session
from kty.settings import Settings
from kty.state import State
from tests.rigged.server import RiggedDemo
from tests.runtime.fake_clock import FakeClock
from tests.sitting import Sitting, sitting_at

Seat: TypeAlias = Sitting[KtyApp]

DEAD = "http://127.0.0.1:9"
"""Where nobody listens."""


@asynccontextmanager
async def black_hole() -> AsyncIterator[str]:
    """Take connections, and never answer. Yields the address."""
    released = asyncio.Event()

    async def swallow(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await released.wait()
        writer.close()

    server = await asyncio.start_server(swallow, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        released.set()
        server.close()


def write_kubeconfig(path: Path, contexts: Mapping[str, tuple[str, str]], current: str) -> None:
    """Write a kubeconfig; each context is the address of a server and a namespace, both of the same user."""
    path.write_text(
        json.dumps(
            {
                "kind": "Config",
                "current-context": current,
                "clusters": [{"name": name, "cluster": {"server": url}} for name, (url, _) in contexts.items()],
                "users": [{"name": "anna", "user": {"token": "anna's"}}],
                "contexts": [
                    {"name": name, "context": {"cluster": name, "user": "anna", "namespace": namespace}}
                    for name, (_, namespace) in contexts.items()
                ],
            }
        )
    )


class Desk:
    """What a person has before they start kty: a kubeconfig, settings, and what kty remembers."""

    def __init__(self, server: RiggedDemo, clock: FakeClock, folder: Path) -> None:
        self.clock = clock
        self.contexts: dict[str, tuple[str, str]] = {
            "shop": (server.url, "shop"),
            "everything": (server.url, ""),
            "dead": (DEAD, ""),
        }
        """From the name to the server's address and the namespace."""
        self.kubeconfig = folder / "config"
        self.state_file = folder / "state.json"

    @asynccontextmanager
    async def sit(
        self,
        first: str = "",
        *,
        context: str = "shop",
        namespaces: tuple[str, ...] | None = None,
        settings: Settings | None = None,
        readonly: bool = False,
        size: tuple[int, int] = (120, 30),
        **terminal: Any,
    ) -> AsyncIterator[Seat]:
        """Start kty, and end it when the block is left; `terminal` as `sitting_at` takes it."""
        write_kubeconfig(self.kubeconfig, self.contexts, context)
        kubeconfig = load(self.kubeconfig)
        shared = Shared(clock=self.clock)

        def session() -> Session:
            return Session(
                kubeconfig.config(),
                kubeconfig,
                shared,
                settings=settings or Settings(),
                state=State.load(self.state_file),
                namespaces=namespaces,
                readonly=readonly,
                clock=self.clock,
            )

        try:
            async with sitting_at(lambda it: KtyApp(it, session(), first=first), size=size, **terminal) as me:
                yield me
        finally:
            await shared.close()
