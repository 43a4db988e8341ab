"""A kubelet that keeps logs as a test wants them, and pods whose containers have them."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import msgspec

from kty.errors import Invalid, Unreachable
from kty.kube.codecs import ObjectCodec
from kty.kube.objects import Item, Typed
from kty.kube.streams.logs import LogOptions
from kty.runtime.events import Applied, Deleted, Listed, Live, Page, Started
from kty.runtime.log_follower import LogSource
from kty.runtime.store import Store

T0 = 1_764_108_822
"""Seconds since the epoch at which logs begin."""
SECOND = 10**9


def stamp(at: int) -> bytes:
    moment = datetime.fromtimestamp(at // SECOND, UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{at % SECOND:09}Z".encode()


@dataclass
class Run:
    """One run of a container: what it said, and whether it ended."""

    lines: list[tuple[int, bytes]] = field(default_factory=list)
    is_over: bool = False


class Kubelet:
    """Opens logs as `LogFollower` wants them."""

    def __init__(self) -> None:
        self.runs: dict[tuple[str, str], list[Run]] = {}
        self.requests: list[tuple[str, LogOptions]] = []
        self.refusals: list[Exception] = []
        """Raised by the next requests, one each."""
        self.open = 0
        self.most_open = 0
        self.read = 0
        """Batches that were read."""
        self._changed = asyncio.Event()
        self._cuts = 0

    def run(self, pod: str, container: str = "app") -> Run:
        """Start another run of a container."""
        run = Run()
        self.runs.setdefault((pod, container), []).append(run)
        return run

    def say(self, run: Run, *texts: str, at: float = 0.0) -> None:
        """Say some lines, all at one time in seconds after the beginning."""
        run.lines += [(T0 * SECOND + round(at * SECOND), text.encode()) for text in texts]
        self._tell()

    def end(self, run: Run) -> None:
        run.is_over = True
        self._tell()

    def cut(self) -> None:
        """Break every connection."""
        self._cuts += 1
        self._tell()

    def _tell(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()

    @asynccontextmanager
    async def __call__(self, namespace: str, pod: str, options: LogOptions) -> AsyncIterator["_Reading"]:
        self.requests.append((pod, options))
        if self.refusals:
            raise self.refusals.pop(0)
        runs = self.runs.get((pod, options.container), [])
        if len(runs) < 1 + options.previous:
            raise Invalid("container is waiting to start", code=400)
        self.open += 1
        self.most_open = max(self.most_open, self.open)
        try:
            yield _Reading(self, runs[-1 - options.previous], options)
        finally:
            self.open -= 1

    @property
    def cuts(self) -> int:
        return self._cuts

    @property
    def changed(self) -> asyncio.Event:
        return self._changed


class _Reading:
    def __init__(self, kubelet: Kubelet, run: Run, options: LogOptions) -> None:
        self._kubelet, self._run, self._options = kubelet, run, options
        self._cuts = kubelet.cuts
        since = int(options.since_time.timestamp()) * SECOND if options.since_time else 0
        self._since = since
        self._at = max(0, len(run.lines) - options.tail_lines) if options.tail_lines is not None else 0

    async def batch(self) -> list[bytes]:
        while True:
            if self._cuts != self._kubelet.cuts:
                raise Unreachable("the answer broke off")
            lines = self._run.lines[self._at : self._at + 3]
            self._at += len(lines)
            found = [stamp(at) + b" " + text for at, text in lines if at >= self._since]
            if found:
                self._kubelet.read += 1
                return found
            if not lines:
                if self._run.is_over or not self._options.follow:
                    return []
                await self._kubelet.changed.wait()


class Sink:
    """Notes what comes: lines as `pod: text`, notes as `-- text`."""

    def __init__(self) -> None:
        self.came: list[str] = []
        self.times: list[int] = []
        self.free = asyncio.Event()
        self.free.set()

    async def take(self, source: LogSource, times: list[int], lines: list[bytes]) -> None:
        await self.free.wait()
        self.came += [f"{source.pod}: {line.decode()}" for line in lines]
        self.times += times

    def note(self, source: LogSource, text: str) -> None:
        self.came.append(f"-- {text}")

    def changed(self) -> None:
        pass


def pod(
    name: str,
    version: int,
    *containers: str,
    run: str = "r1",
    state: str = "running",
    restarts: int = 0,
    code: int = 0,
    policy: str = "Always",
    uid: str = "",
    labels: dict[str, str] | None = None,
) -> dict[str, Any]:
    """Return a pod whose containers (`app` where none is named) are all in one state.

    `crashed`: it waits to be started again after run `run`.
    """
    names = containers or ("app",)
    ended = {"containerID": run, "exitCode": code}
    states: dict[str, dict[str, Any]] = {
        "waiting": {"state": {"waiting": {"reason": "ContainerCreating"}}},
        "running": {"state": {"running": {}}, "containerID": run},
        "ended": {"state": {"terminated": ended}, "containerID": run},
        "crashed": {
            "state": {"waiting": {"reason": "CrashLoopBackOff"}},
            "lastState": {"terminated": ended},
            "containerID": run,
        },
    }
    status = states[state]
    return {
        "metadata": {
            "namespace": "n",
            "name": name,
            "uid": uid or f"uid-{name}",
            "resourceVersion": str(version),
            "labels": labels or {},
        },
        "spec": {"nodeName": "node", "restartPolicy": policy, "containers": [{"name": each} for each in names]},
        "status": {
            "phase": "Running",
            "containerStatuses": [{"name": each, "restartCount": restarts, **status} for each in names],
        },
    }


def item(obj: dict[str, Any]) -> Item:
    return ObjectCodec(Typed, lambda _: ()).item(msgspec.Raw(json.dumps(obj).encode()))


def listed(store: Store, *pods: dict[str, Any]) -> None:
    """Let a store have these pods, and be live."""
    for event in (Started(), Page([item(each) for each in pods]), Listed("1"), Live()):
        store.apply(event)


def applied(store: Store, obj: dict[str, Any]) -> None:
    store.apply(Applied(item(obj)))


def deleted(store: Store, obj: dict[str, Any]) -> None:
    store.apply(Deleted(item(obj)))
