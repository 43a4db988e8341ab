"""Ports of this machine that lead into pods, for as long as a session lasts."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from kty.errors import UsageError
from kty.runtime.listeners import Listeners

if TYPE_CHECKING:  # what they need is loaded when the first one starts
    from kty.kube.streams.loopback import Listen
    from kty.runtime.cluster import Cluster
    from kty.runtime.forward import Forward
    from kty.runtime.forward_target import ForwardPort, ForwardTarget


class Forwards:
    """All the forwards of one session, and of no other."""

    def __init__(self) -> None:
        self._all: list[Forward] = []
        self._listeners = Listeners()

    def __len__(self) -> int:
        return len(self._all)

    def __iter__(self) -> "Iterator[Forward]":
        return iter(tuple(self._all))

    def on_change(self, tell: Callable[[], object]) -> Callable[[], None]:
        """Call `tell` whenever one came, went, or stands otherwise, traffic aside; call what is returned to stop."""
        return self._listeners.add(tell)

    async def start(
        self, cluster: "Cluster", target: "ForwardTarget", ports: "Sequence[ForwardPort]", listen: "Listen"
    ) -> "list[Forward]":
        """Forward all of these ports. Raises UsageError where one of the local ones cannot be had; then none is."""
        from kty.runtime.forward import Forward

        started: list[Forward] = []
        try:
            for port in ports:
                for other in (*self._all, *started):
                    if port.local and port.local == other.address[1]:
                        raise UsageError(f"port {port.local} of this machine leads to {other.target} already")
                forward = Forward(cluster, target, port, self._listeners.tell)
                started.append(forward)
                await forward.listen(listen)
        except BaseException:
            for forward in started:
                forward.end()
            raise
        self._all += started
        self._listeners.tell()
        return started

    async def stop(self, forward: "Forward") -> None:
        """End one."""
        if forward in self._all:
            self._all.remove(forward)
            self._listeners.tell()
            await forward.close()

    async def close(self) -> None:
        """End all."""
        ending, self._all = self._all, []
        await asyncio.gather(*[forward.close() for forward in ending])
