"""Pods whose containers really run (on the real server: busybox:local), and what is done with their streams."""

import asyncio
import functools
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import pytest

from kty.errors import ClusterError
from tests.cluster.place import GUARD, PODS, Place
from tests.contract.conftest import Cluster
from tests.contract.streams import V5, Session, opened, streams_of

IMAGE = "busybox:local"
WIPED = ("failed to try resolving symlinks", "unable to retrieve container logs")
"""What the real kubelet says when the other test cluster on this machine has swept /var/log/pods, which they share."""


class LogsWiped(Exception):
    """Another kubelet on this machine removed the log: nothing is wrong with the server under test."""


def container(script: str = "sleep 3600", name: str = "main", **more: Any) -> dict[str, Any]:
    return {"name": name, "image": IMAGE, "command": ["sh", "-c", script], **more}


async def start(place: Place, name: str, *containers: dict[str, Any], wait: bool = True, **spec: Any) -> Any:
    """Make a pod; return it once all its containers run."""
    whole = {"terminationGracePeriodSeconds": 0, "containers": list(containers) or [container()], **spec}
    pod = await place.create(PODS, name, spec=whole)
    return await until(place, name, _all_run) if wait else pod


async def until(place: Place, name: str, holds: Callable[[Any], object]) -> Any:
    """Return the pod once it is so."""
    async with asyncio.timeout(GUARD):
        while True:
            pod = await get(place, name)
            if holds(pod):
                return pod
            await asyncio.sleep(0.1)


async def get(place: Place, name: str) -> Any:
    return await place._send("GET", PODS.path(place.namespace, name))


def _all_run(pod: Any) -> bool:
    states = [one["state"] for one in pod["status"].get("containerStatuses") or ()]
    return len(states) == len(pod["spec"]["containers"]) and all("running" in state for state in states)


def path(place: Place, pod: str, part: str) -> str:
    return PODS.path(place.namespace, pod, part)


def run(
    cluster: Cluster,
    place: Place,
    pod: str,
    command: str | Sequence[str],
    *,
    user: str = "admin",
    inside: str = "",
    protocols: Sequence[str] = (V5,),
    **streams: bool,
) -> AbstractAsyncContextManager[Session]:
    """Open a session in a container: a script for `sh -c`, or a command word by word."""
    words = ["sh", "-c", command] if isinstance(command, str) else list(command)
    query = [*streams_of(**streams), *[("command", word) for word in words]]
    query += [("container", inside)] if inside else []
    return opened(cluster.config(user), path(place, pod, "exec"), query, protocols)


async def output(cluster: Cluster, place: Place, pod: str, command: str | Sequence[str], **more: Any) -> bytes:
    """Run a command that must succeed, and return what it printed."""
    async with run(cluster, place, pod, command, **more) as session:
        await session.end()
    assert session.code == 0, (command, session.came)
    return session.on(1)


def attach(
    cluster: Cluster, place: Place, pod: str, *, inside: str = "", protocols: Sequence[str] = (V5,), **streams: bool
) -> AbstractAsyncContextManager[Session]:
    query = streams_of(**streams) + ([("container", inside)] if inside else [])
    return opened(cluster.config(), path(place, pod, "attach"), query, protocols)


async def log(cluster: Cluster, place: Place, pod: str, *, user: str = "admin", **query: object) -> bytes:
    """Return a container's log. Raises StatusErrors, and LogsWiped."""
    asked = [(name, str(value)) for name, value in query.items()]
    answer = await cluster.client(user).request("GET", path(place, pod, "log"), query=asked)
    if any(answer.startswith(words.encode()) for words in WIPED):
        raise LogsWiped(answer)
    return answer


async def log_until(cluster: Cluster, place: Place, pod: str, text: bytes, **query: object) -> bytes:
    """Return a log once it holds this."""
    async with asyncio.timeout(GUARD):
        while True:
            found = await log(cluster, place, pod, user="admin", **query)
            if text in found:
                return found
            await asyncio.sleep(0.1)


@asynccontextmanager
async def follow(cluster: Cluster, place: Place, pod: str, **query: object) -> AsyncIterator[AsyncIterator[bytes]]:
    """Yield the lines of a log as they come."""
    asked = [("follow", "true"), *[(name, str(value)) for name, value in query.items()]]
    async with cluster.client().watch(path(place, pod, "log"), query=asked, idle=GUARD) as lines:
        yield lines


def again_when_wiped(test: Callable[..., Awaitable[None]]) -> Callable[..., Awaitable[None]]:
    """Repeat a test about logs when they were swept away under it: the sweep comes once a minute."""

    @functools.wraps(test)
    async def repeated(*args: Any, **kwargs: Any) -> None:
        for _ in range(4):
            try:
                return await test(*args, **kwargs)
            except LogsWiped:
                place: Place = kwargs["place"]
                await _clear(place)
        pytest.skip("another cluster on this machine keeps sweeping /var/log/pods")

    return repeated


async def _clear(place: Place) -> None:
    """Remove all pods of the place, and wait until they are gone."""
    where = PODS.path(place.namespace)
    await place._send("DELETE", where)
    async with asyncio.timeout(GUARD):
        while True:
            if not (await place._send("GET", where))["items"]:
                return
            await asyncio.sleep(0.1)


async def status_of(request: Awaitable[Any]) -> ClusterError:
    """Return the error that a request ends with."""
    with pytest.raises(ClusterError) as raised:
        await request
    return raised.value
