"""One cluster: its parts joined, and served on loopback."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Final

from aiohttp import web

from kty.demo.access.guard import Guard
from kty.demo.access.impersonation import Impersonation
from kty.demo.access.rbac import Rbac
from kty.demo.access.roles import bootstrap
from kty.demo.access.tokens import ServiceAccountTokens
from kty.demo.access.users import MASTERS, User, Users
from kty.demo.applying import track
from kty.demo.built_in import built_in
from kty.demo.customs import Customs
from kty.demo.kinds import Kinds
from kty.demo.life.engine import Life
from kty.demo.namespaces import Namespaces
from kty.demo.pulses import Pulses
from kty.demo.registry import Registry
from kty.demo.server import Server
from kty.runtime.clock import SYSTEM, Clock

USERS: Final = {
    "admin": User("admin", (MASTERS,)),
    "viewer": User("viewer", ("viewers",)),
    "editor": User("editor", ("editors",)),
    "nobody": User("nobody"),
    "impersonator": User("impersonator"),
}
NAMESPACES: Final = ("default", "kube-node-lease", "kube-public", "kube-system")
"""What every cluster has."""
_HOST: Final = "127.0.0.1"


class Demo:
    """A cluster in memory. Everything in it runs on the loop that serves it; nothing in it locks."""

    def __init__(
        self,
        *,
        clock: Clock = SYSTEM,
        seed: int = 0,
        pace: float = 1.0,
        tokens: Mapping[str, str] | None = None,
    ) -> None:
        self.clock = clock
        self.kinds = Kinds(built_in())
        self.registry = Registry(self.kinds, clock=clock, seed=seed, track=track)
        self.pulses = Pulses()
        self.registry.on_change(self.pulses.changed)
        self.registry.on_change(Customs(self.registry, self.pulses).changed)
        self.registry.on_change(Namespaces(self.registry).changed)
        bootstrap(self.registry)
        self.rbac = Rbac(self.registry)
        self.registry.guard = Guard(self.rbac)
        self.tokens = {user: secrets.token_urlsafe(24) for user in USERS} | dict(tokens or {})
        """By the names of `USERS`: random for each start unless given."""
        self.service_accounts = ServiceAccountTokens(self.registry)
        self.users = Users(
            {self.tokens[name]: user for name, user in USERS.items()},
            impersonation=Impersonation(self.rbac),
            service_accounts=self.service_accounts,
        )
        self.life = Life(self.registry, pace=pace)
        for namespace in NAMESPACES:
            self.registry.create("namespaces", {"metadata": {"name": namespace}})
        self.url = ""
        """Where it is served; empty while it is not."""
        self._runner: web.AppRunner | None = None

    def furnish(self, pods: int = 0) -> None:
        """Put the small shop into it, and so many pods more: without the shop's nodes nothing new could run."""
        from kty.demo.shop import open_shop

        open_shop(self.registry, self.life)
        if pods:
            from kty.demo.crowd import fill

            fill(self.registry, pods)

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[str]:
        """Serve on a port that the system chooses, and let life go on; yield the URL."""
        runner = web.AppRunner(
            Server(self).application(), handler_cancellation=True, access_log=None, shutdown_timeout=0.1
        )
        await runner.setup()
        self._runner = runner
        life = asyncio.create_task(self.life.run())
        try:
            site = web.TCPSite(runner, _HOST, 0)
            await site.start()
            host, port = runner.addresses[0][:2]
            self.url = f"http://{host}:{port}"
            yield self.url
        finally:
            self.url, self._runner = "", None
            life.cancel()
            await asyncio.wait([life])
            await runner.cleanup()

    def kubeconfig(self, user: str = "admin", *, namespace: str = "") -> str:
        """Return a kubeconfig with one context, `demo`, for the URL at which it is served now."""
        preset = f"\n      namespace: {namespace}" if namespace else ""
        return f"""\
apiVersion: v1
kind: Config
current-context: demo
clusters:
  - name: demo
    cluster:
      server: {self.url}
      disable-compression: true
users:
  - name: {user}
    user:
      token: {self.tokens[user]}
contexts:
  - name: demo
    context:
      cluster: demo
      user: {user}{preset}
"""
