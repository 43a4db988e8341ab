"""What one person looks at: the cluster, the namespaces, and what is remembered for them."""

import asyncio
import contextlib
from collections.abc import Callable
from typing import TYPE_CHECKING

from kty.errors import KtyError, UsageError
from kty.kube.client import Client
from kty.kube.codecs import Codec
from kty.kube.config import Config, Kubeconfig
from kty.kube.resource import Resource
from kty.runtime.clock import SYSTEM, Clock
from kty.runtime.cluster import Cluster
from kty.runtime.forwards import Forwards
from kty.runtime.listeners import Listeners
from kty.runtime.shared import Lease, Shared
from kty.settings import Settings
from kty.state import State
from kty.views.registry import view_of, views, well_known
from kty.views.view import Shell

if TYPE_CHECKING:
    from kty.kube.streams.loopback import Listen
    from kty.runtime.programs import Opens, Program
    from kty.views.command_line import Command

Namespaces = tuple[str, ...]
"""Empty means all of them."""


class Session:
    """Shared by the screens of one app; changes are told to whoever listens, and painted by nobody else."""

    def __init__(
        self,
        config: Config,
        kubeconfig: Kubeconfig,
        shared: Shared,
        *,
        settings: Settings,
        state: State,
        namespaces: Namespaces | None = None,
        readonly: bool = False,
        clock: Clock = SYSTEM,
    ) -> None:
        self.kubeconfig = kubeconfig
        self.settings = settings
        self.state = state
        self.readonly = readonly
        self.clock = clock
        self.themes: tuple[str, ...] = ()
        """The themes that can be chosen by name."""
        self._shared = shared
        self._listeners = Listeners()
        self._closing: set[asyncio.Task[None]] = set()
        self._told = ""
        self._programs: dict[tuple[str, Shell], Program] = {}
        self.forwards = Forwards()
        """They go on when another context is shown."""
        self.listen: Listen | None = None
        """Listens on ports of the machine that the person sits at; None where kty cannot do that."""
        self.cluster = Cluster(config, shared, clock=clock)
        self._choose(namespaces)

    def _choose(self, asked: Namespaces | None) -> None:
        """Say what is shown first: what was asked for, else shown last, else the context's namespace, else all."""
        known = self._first_namespaces(self.cluster.config) if asked is None else asked
        self.is_guess = known is None
        """True while all namespaces are shown only because nothing else was known: then `default` may step in."""
        self.namespaces = known or ()
        if asked is not None:
            self.state.remember_namespaces(self.context, asked)  # saved at the end: a start does not wait for a disk

    def _first_namespaces(self, config: Config) -> Namespaces | None:
        """Return what is shown first of a context; None where nothing is known of it."""
        remembered = self.state.namespaces(config.context)
        return (config.namespace,) if remembered is None and config.namespace else remembered

    def of_context(self, context: str) -> tuple[Client, Namespaces]:
        """Return the client of a context (empty: the one that is shown), and the namespaces that are shown of it, or
        will be first. Raises ConfigError.
        """
        if context in ("", self.context):
            return self.cluster.client, self.namespaces
        config = self.kubeconfig.config(context)
        return self._shared.client(config), self._first_namespaces(config) or ()

    @property
    def context(self) -> str:
        return self.cluster.config.context

    def on_change(self, tell: Callable[[], object]) -> Callable[[], None]:
        """Call `tell` when other namespaces or another cluster are shown; call the returned function to stop."""
        return self._listeners.add(tell)

    def show(self, namespaces: Namespaces, *, remember: bool = True) -> None:
        """Show these namespaces from now on."""
        self.namespaces = tuple(dict.fromkeys(namespaces))
        self.is_guess = False
        if remember:
            self.state.remember_namespaces(self.context, self.namespaces)
            self.state.save()
        self._listeners.tell()

    def switch(self, context: str) -> None:
        """Look at another context. Raises ConfigError; never waits for a cluster, neither the old nor the new one."""
        config = self.kubeconfig.config(context)
        before = self.cluster
        self.cluster = Cluster(config, self._shared, clock=self.clock)
        self._choose(None)
        closing = asyncio.get_running_loop().create_task(before.close())
        self._closing.add(closing)
        closing.add_done_callback(self._closing.discard)

    def new_fault(self) -> str:
        """Return why nothing can be remembered; once for each reason, and empty where all is well."""
        before, self._told = self._told, self.state.fault
        return self._told if self._told != before else ""

    # What can be opened

    def resources(self) -> tuple[Resource, ...]:
        """Return the kinds that can be opened, as far as they are known: kty's own views until the server answered."""
        discovery = self.cluster.discovery
        known = discovery.resources if discovery else ()  # none where this identity may not ask for them
        return known or tuple(view.resource() for view in views().values())

    def find(self, word: str) -> tuple[Resource, ...]:
        """Return the kinds of this name, best first, as far as they are known."""
        if (discovery := self.cluster.discovery) is not None and discovery.resources:
            return discovery.find(word)
        known = well_known(word)
        return (known,) if known is not None else ()

    async def understand(self, text: str) -> "Command":
        """Return the command that a typed line means, waiting for the server's kinds and objects if it takes them.

        Raises UsageError for what means nothing, ClusterError where only an unreachable server could tell.
        """
        from kty.views.log_command import ShowLogs  # not before somebody types

        command = await self._read(text)
        if isinstance(command, ShowLogs) and command.of:
            from kty.screens.log_targets import found

            return await found(command, *self.of_context(command.context))
        return command

    async def _read(self, text: str) -> "Command":
        from kty.views.command_line import parse

        is_unknown = False  # other mistakes than an unknown kind need no server to tell

        def find(word: str) -> tuple[Resource, ...]:
            nonlocal is_unknown
            found = self.find(word)
            is_unknown = not found
            return found

        def read() -> "Command":
            contexts = tuple(self.kubeconfig.contexts)
            return parse(
                text, find=find, contexts=contexts, namespaces=(), resources=self.resources(), themes=self.themes
            )

        try:
            return read()
        except UsageError:
            if not is_unknown:
                raise
            if self.cluster.fault is not None:
                raise self.cluster.fault from None
            if self.cluster.discovery is None:
                await self.cluster.kinds()
            else:  # the kind may have come since
                with contextlib.suppress(KtyError):
                    await self.cluster.relearn()
        return read()

    def lease(
        self,
        resource: Resource,
        namespace: str,
        *,
        labels: str = "",
        fields: str = "",
        codec: Callable[[], Codec] | None = None,
    ) -> Lease:
        """Return a live store of this kind, with the columns of its view, in this namespace (empty: all of them).

        `labels` and `fields` are selectors that the server applies; `codec` reads objects in another way.
        """
        view = view_of(resource)
        new_codec = codec or view.codec or view.new_codec
        return self.cluster.lease(resource, namespace, new_codec, labels=labels, fields=fields)

    def running(self, resource: Resource, namespace: str) -> tuple[Lease, str] | None:
        """Return a lease of a store of whole objects that is kept already, and which namespace it has; else None."""
        view = view_of(resource)
        return self.cluster.running(resource, namespace, view.codec or view.new_codec)

    # Programs in containers

    def program(self, target: Shell) -> "Program | None":
        """Return the program that was left running in the background; None where there is none."""
        return self._programs.get((self.cluster.config.identity, target))

    def run_program(self, target: Shell, opens: "Opens") -> "Program":
        """Start a program; it runs until it ends, is closed and forgotten, or the session ends."""
        from kty.runtime.programs import Program  # not before somebody wants one

        program = self._programs[self.cluster.config.identity, target] = Program(opens)
        return program

    def forget_program(self, target: Shell) -> None:
        """Remember a program that ended no longer."""
        self._programs.pop((self.cluster.config.identity, target), None)

    async def close(self) -> None:
        """Leave the cluster, and end what still runs in containers and leads into them."""
        self.state.save()
        await asyncio.gather(self.forwards.close(), *(program.close() for program in self._programs.values()))
        await self.cluster.close()
