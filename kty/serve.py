"""`kty serve`: join the server with the app, and each person with what is configured and remembered for them."""

import gc
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from kty.errors import ConfigError
from kty.ssh.options import Options, parse, state_directory

if TYPE_CHECKING:
    from kty.kube.config import Config, Kubeconfig
    from kty.ssh.login import Identity
    from kty.ssh.session import MakeApp
    from kty.term.terminal import Terminal


def serve(arguments: Sequence[str]) -> int:
    """Run `kty serve` with these words. Returns the exit status. Raises KtyError."""
    options = parse(arguments)
    _refuse_service_account()
    from kty.kube.config import load
    from kty.settings import load_settings

    kubeconfig = load(options.kubeconfig)
    config = kubeconfig.config(options.context)
    load_settings()  # what is wrong with them is told now, and not to everybody who logs in
    _log_to_stderr()
    gc.disable()  # nothing to find among what is only being imported; the caches turn it on
    from kty.ssh.command import run

    people = state_directory() / "people"
    return run(options, lambda: _apps(options, config, kubeconfig, people), f"{config.context} as {config.user}")


def _refuse_service_account() -> None:
    """Raise ConfigError in a Pod that has an account of its own."""
    from kty.kube.config import SERVICE_ACCOUNT

    token = SERVICE_ACCOUNT / "token"
    if token.exists():
        raise ConfigError(
            f"--as-me is for your own machine, and this is a Pod with an account ({token}): "
            "everybody who logs in would be that account",
            hint="set automountServiceAccountToken to false if that is what you want",
        )


def _log_to_stderr() -> None:
    import logging

    logging.raiseExceptions = False  # whoever reads the log may go away
    handler: logging.Handler = logging.NullHandler() if sys.stderr is None else logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.getLogger().addHandler(handler)
    logging.getLogger("kty").setLevel(logging.INFO)


@asynccontextmanager
async def _apps(options: Options, config: "Config", kubeconfig: "Kubeconfig", people: Path) -> "AsyncIterator[MakeApp]":
    """Yield what makes apps; the caches that they share end with the block."""
    import asyncio

    from kty.app import KtyApp, caches
    from kty.runtime.heap import give_back
    from kty.screens.session import Session
    from kty.settings import load_settings
    from kty.state import State
    from kty.term.departures import Departures

    departures = Departures(give_back)
    sweeping = asyncio.ensure_future(departures.sweep_on())
    async with caches() as shared:

        def make_app(terminal: "Terminal", identity: "Identity") -> KtyApp:
            folder = people / identity.folder
            own = folder / "config.yaml"
            settings = load_settings(own if own.exists() else None)
            session = Session(
                config,
                kubeconfig,
                shared,
                settings=settings,
                state=State.load(folder / "state.json"),
                readonly=options.readonly or settings.readonly,
            )
            app = KtyApp(terminal, session)
            departures.add(app)
            return app

        try:
            yield make_app
        finally:
            sweeping.cancel()
