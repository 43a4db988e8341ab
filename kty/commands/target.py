"""The cluster that a command is for."""

from dataclasses import dataclass

from kty.kube.client import Client
from kty.kube.config import Config
from kty.kube.discovery import Discovery, discover
from kty.kube.discovery_cache import KeptDiscovery
from kty.runtime.clock import SYSTEM, Clock
from kty.runtime.shared import Shared


@dataclass(frozen=True, slots=True)
class Target:
    """One cluster, as one identity; clients and stores belong to `shared`, which outlives the command."""

    config: Config
    shared: Shared
    kept: KeptDiscovery | None = None
    """What the server said of its kinds when it was asked before, by whoever has this target, too."""
    readonly: bool = False
    """Whether nothing may be done to the cluster, and no program be run in it."""
    clock: Clock = SYSTEM

    @property
    def client(self) -> Client:
        return self.shared.client(self.config)

    @property
    def namespace(self) -> str:
        """The namespace that is meant where none is named."""
        return self.config.namespace or "default"

    async def kinds(self) -> Discovery:
        """Return the kinds that the server has. Raises KtyError."""
        return await discover(self.kept or KeptDiscovery(self.client, None))
