"""A port of this machine that leads to a port of pods.

Each local connection is one to a pod, chosen when it comes; what fails ends that connection and no other.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from contextvars import Context

from kty.errors import KtyError, NotFound, Unreachable, UsageError
from kty.kube.streams.listening import carry
from kty.kube.streams.loopback import Listen, Listener
from kty.kube.streams.portforward import Connection, connect
from kty.runtime.cluster import Cluster
from kty.runtime.forward_choice import PodChoice, Standing
from kty.runtime.forward_pods import ForwardPod
from kty.runtime.forward_target import ForwardPort, ForwardTarget
from kty.runtime.traffic import Traffic

PATIENCE = 30.0
"""Seconds that a connection waits for a pod to go to: one that restarts is soon back."""


class Forward:
    """One port of this machine that leads to a port of a target's pods. Begin with `listen`; `close` it in the end."""

    def __init__(self, cluster: Cluster, target: ForwardTarget, port: ForwardPort, tell: Callable[[], object]) -> None:
        self.context = cluster.config.context
        self.target = target
        self.port = port
        self.address: tuple[str, int] = ("", 0)
        """Where it is reached."""
        self.total = 0
        """Connections so far."""
        self.failures = 0
        """Connections that failed."""
        self.error: KtyError | None = None
        """What failed last."""
        self.failed_at = 0.0
        """When that was, in seconds since the epoch."""
        self._client = cluster.client
        self._clock = cluster.clock
        self.traffic = Traffic(self._clock)
        self._tell = tell
        self._listener: Listener | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._choice = PodChoice(cluster, target, tell)

    @property
    def open(self) -> int:
        """Connections that are open now."""
        return len(self._tasks)

    @property
    def pod(self) -> str:
        """The name of the pod that takes the next connection; empty while none does."""
        return self._choice.pod.name if self._choice.pod is not None else ""

    @property
    def standing(self) -> Standing:
        return self._choice.standing

    @property
    def why(self) -> str:
        """Why it does not stand well; empty where it does."""
        return self._choice.why

    async def listen(self, listen: Listen) -> None:
        """Take connections from now on. Raises UsageError where the local port cannot be had."""
        if self.port.local:
            self._listener = await listen(self._accepted, self.port.local)
        else:
            try:
                self._listener = await listen(self._accepted, self.port.number)
            except UsageError:  # taken, or not for us
                self._listener = await listen(self._accepted, 0)
        self.address = self._listener.address

    def end(self) -> None:
        """Take no more connections, and end those that are open as soon as they have their turn."""
        if self._listener is not None:
            self._listener.close()
        self._choice.close()
        for task in self._tasks:
            task.cancel()

    async def close(self) -> None:
        """Take no more connections, and end those that are open."""
        self.end()
        while self._tasks:  # one that was accepted just now may join
            for task in self._tasks:
                task.cancel()
            await asyncio.wait([*self._tasks])
            await asyncio.sleep(0)

    def _accepted(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        # An empty context: what a session keeps in context variables (Textual's active app) stays out of it.
        serving = self._serve(reader, writer)
        task = asyncio.get_running_loop().create_task(serving, name=f"forward {self.target}", context=Context())
        self._tasks.add(task)
        task.add_done_callback(self._left)
        self.total += 1
        self._tell()

    def _left(self, task: "asyncio.Task[None]") -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            self._failed(Unreachable(f"kty failed ({type(error).__name__}: {error}); please report it"))
        self._tell()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await carry(self._connection(), reader, writer, count=self.traffic.count)
        except KtyError as error:
            self._failed(error)

    def _failed(self, error: KtyError) -> None:
        self.failures += 1
        self.error, self.failed_at = error, self._clock.now()

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[Connection]:
        async with AsyncExitStack() as opened:
            try:
                async with asyncio.timeout(PATIENCE):
                    connection = await self._connect(opened)
            except TimeoutError:
                raise Unreachable(self._choice.why or f"no pod of {self.target} answers") from None
            yield connection

    async def _connect(self, opened: AsyncExitStack) -> Connection:
        while True:
            pod = await self._pod()
            connecting = connect(self._client, self.target.namespace, pod.name, self._port_of(pod))
            try:
                return await opened.enter_async_context(connecting)
            except NotFound:
                if not pod.uid:
                    raise
                self._choice.is_gone(pod)

    async def _pod(self) -> ForwardPod:
        if self._choice.standing == "refused":
            raise Unreachable(self._choice.why)
        return await self._choice.chosen()

    def _port_of(self, pod: ForwardPod) -> int:
        wanted = self.port.to
        if isinstance(wanted, int):
            return wanted
        if wanted not in pod.ports:
            raise Unreachable(f"pod {pod.name} has no port called {wanted}")
        return pod.ports[wanted]
