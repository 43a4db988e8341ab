"""`kty serve`: join the server with the app, and each person with what is configured and remembered for them."""

import gc
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from kty.errors import ConfigError
from kty.ssh.options import JSON, Options, parse, state_directory

if TYPE_CHECKING:
    from kty.kube.config import Config, Kubeconfig
    from kty.runtime.shared import Shared
    from kty.ssh.behind import Behind, Kept
    from kty.ssh.lines import Lines
    from kty.ssh.login import Identity
    from kty.ssh.session import MakeApp, MakeTarget
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
    stderr = _log_to_stderr(options)
    gc.disable()  # nothing to find among what is only being imported; the caches turn it on
    from kty.ssh.command import run

    people = state_directory() / "people"
    what = f"{config.context} as {config.user}"
    try:
        return run(options, lambda: _apps(options, config, kubeconfig, people), what, stderr)
    finally:
        if stderr is not None:
            stderr.close()


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


def _log_to_stderr(options: Options) -> "Lines | None":
    """Return what writes lines to stderr; None where there is none."""
    import logging

    from kty.ssh.lines import Lines
    from kty.ssh.logs import JsonFormatter, LinesHandler, TextFormatter

    logging.raiseExceptions = False  # whoever reads the log may go away
    logging.getLogger("kty").setLevel(logging.INFO)
    if sys.stderr is None:
        logging.getLogger().addHandler(logging.NullHandler())
        return None
    stderr = Lines(sys.stderr.fileno())
    formatter = JsonFormatter() if options.log_format == JSON else TextFormatter()
    logging.getLogger().addHandler(LinesHandler(stderr, formatter))
    return stderr


class _Behind:
    """The cluster behind the screens, and what is kept of it (a `Behind`)."""

    def __init__(self, shared: "Shared", config: "Config") -> None:
        self._shared = shared
        self._client = shared.client(config)

    @property
    def kept(self) -> "Kept":
        from kty.ssh.behind import Kept

        return Kept(self._shared.stores, self._shared.leases)

    async def why_unreachable(self) -> str:
        from kty.errors import KtyError, StatusError

        try:
            await self._client.request("GET", "/version", timeout=2.0)
        except StatusError:
            return ""  # it is there, and refuses
        except KtyError as error:
            return str(error)
        return ""


@asynccontextmanager
async def _apps(
    options: Options, config: "Config", kubeconfig: "Kubeconfig", people: Path
) -> "AsyncIterator[tuple[MakeApp, MakeTarget, Behind]]":
    """Yield what makes apps, what commands are for, and what is behind both; what they share ends with the block."""
    import asyncio

    from kty.app import KtyApp, caches
    from kty.commands.target import Target
    from kty.kube.client import Client
    from kty.kube.deeds import telling
    from kty.kube.discovery_cache import KeptDiscovery
    from kty.kube.layers import Retry
    from kty.runtime.heap import give_back
    from kty.runtime.shared import Shared
    from kty.screens.session import Session
    from kty.settings import Settings, load_settings
    from kty.state import State
    from kty.term.departures import Departures

    def settings_of(identity: "Identity") -> Settings:
        own = people / identity.folder / "config.yaml"
        return load_settings(own if own.exists() else None)

    departures = Departures(give_back)
    async with caches(lambda config: Client(config, layers=(telling(),))) as shared:

        def make_app(terminal: "Terminal", identity: "Identity") -> KtyApp:
            settings = settings_of(identity)
            session = Session(
                config,
                kubeconfig,
                shared,
                settings=settings,
                state=State.load(people / identity.folder / "state.json"),
                readonly=options.readonly or settings.readonly,
            )
            app = KtyApp(terminal, session)
            departures.add(app)
            return app

        # A command asks again where a screen would show that it could not, and leaves for good.
        asked = Shared(connect=lambda config: Client(config, layers=(Retry(), telling())), grace=0.0)
        known = KeptDiscovery(asked.client(config), None)

        def make_target(identity: "Identity") -> Target:
            return Target(config, asked, known, readonly=options.readonly or settings_of(identity).readonly)

        sweeping = [asyncio.ensure_future(each) for each in (departures.sweep_on(), departures.collect_on())]
        try:
            yield make_app, make_target, _Behind(shared, config)
        finally:
            for each in sweeping:
                each.cancel()
            await asked.close()
