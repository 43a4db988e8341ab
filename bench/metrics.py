"""What one poll of metrics costs while 10,000 pods are on screen: decode, join and repaint, in a kty of its own.

Server and network take no part: a client answers with bytes that are ready. CPU of the loop's thread, for lists sorted
by name and by CPU, and the longest time for which a key would have had to wait.
"""

import asyncio
import json
import random
import statistics
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

from kty.app import KtyApp, collect_in_portions
from kty.errors import Unreachable
from kty.kube.client import Client
from kty.kube.config import Config, infer, loads
from kty.kube.connection import Query
from kty.kube.usage import POD_METRICS
from kty.runtime.shared import Shared
from kty.runtime.usages import UsageLease
from kty.screens.session import Session
from kty.settings import Settings
from kty.state import State
from kty.term.memory import MemoryTerminal

PODS, POLLS = 10_000, 20
_KUBECONFIG = {
    "current-context": "bench",
    "contexts": [{"name": "bench", "context": {"cluster": "bench", "user": "nobody"}}],
    "clusters": [{"name": "bench", "cluster": {"server": "http://127.0.0.1:9"}}],
    "users": [{"name": "nobody", "user": {}}],
}
_GROUPS = {
    "/api": {"kind": "APIVersions", "versions": ["v1"]},
    "/api/v1": {
        "kind": "APIResourceList",
        "groupVersion": "v1",
        "resources": [{"name": "pods", "kind": "Pod", "namespaced": True, "verbs": ["get", "list", "watch"]}],
    },
    "/apis": {
        "kind": "APIGroupList",
        "groups": [
            {
                "name": "metrics.k8s.io",
                "versions": [{"groupVersion": "metrics.k8s.io/v1beta1", "version": "v1beta1"}],
                "preferredVersion": {"groupVersion": "metrics.k8s.io/v1beta1", "version": "v1beta1"},
            }
        ],
    },
    "/apis/metrics.k8s.io/v1beta1": {
        "kind": "APIResourceList",
        "groupVersion": "metrics.k8s.io/v1beta1",
        "resources": [{"name": "pods", "kind": "PodMetrics", "namespaced": True, "verbs": ["get", "list"]}],
    },
}


def _pod(number: int) -> dict[str, Any]:
    resources = {"requests": {"cpu": "250m", "memory": "256Mi"}, "limits": {"cpu": "1", "memory": "512Mi"}}
    names = ("web", "proxy") if number % 4 == 0 else ("web",)
    status = {"ready": True, "restartCount": 0, "state": {"running": {"startedAt": "2026-01-01T00:00:00Z"}}}
    return {
        "metadata": {
            "name": f"web-{number:05}",
            "namespace": f"team-{number % 20}",
            "uid": f"uid-{number}",
            "resourceVersion": str(number + 1),
            "creationTimestamp": "2026-01-01T00:00:00Z",
        },
        "spec": {
            "nodeName": f"node-{number % 100}",
            "containers": [{"name": n, "resources": resources} for n in names],
        },
        "status": {"phase": "Running", "containerStatuses": [{"name": name, **status} for name in names]},
    }


def _usage(number: int, at: int) -> dict[str, Any]:
    names = ("web", "proxy") if number % 4 == 0 else ("web",)
    return {
        "metadata": {"name": f"web-{number:05}", "namespace": f"team-{number % 20}", "labels": {"app": "web"}},
        "timestamp": f"2026-01-01T{at // 60:02}:{at % 60:02}:00Z",
        "window": "15.1s",
        "containers": [
            {
                "name": name,
                "usage": {
                    "cpu": f"{random.randrange(10**9)}n",
                    "memory": f"{random.randrange(2**19)}Ki",
                },
            }
            for name in names
        ],
    }


class _Ready(Client):
    """Answers with bytes that were made before."""

    pods: bytes
    usages: list[bytes]

    async def request(self, method: str, path: str, **_: Any) -> bytes:
        if path in _GROUPS:
            return json.dumps(_GROUPS[path]).encode()
        if path == "/api/v1/pods":
            return self.pods
        if path == POD_METRICS.path():
            return self.usages.pop()
        raise Unreachable("nobody is there")

    @asynccontextmanager
    async def watch(
        self, path: str, *, query: Query = (), headers: Mapping[str, str] | None = None, idle: float
    ) -> AsyncIterator[AsyncIterator[bytes]]:
        async def silence() -> AsyncIterator[bytes]:
            await asyncio.Event().wait()
            yield b""

        yield silence()


async def _beat(gaps: list[float]) -> None:
    """Note how long others keep the loop."""
    before = time.perf_counter()
    while True:
        await asyncio.sleep(0)
        now = time.perf_counter()
        gaps.append(now - before)
        before = now


async def _polls(session: Session, terminal: MemoryTerminal, lease: UsageLease) -> tuple[list[float], float]:
    """Return the CPU (ms) of each poll up to the frame that shows it, and the longest pause (ms)."""
    took, longest = [], 0.0
    for _ in range(POLLS):
        gaps: list[float] = []
        frames, revision, before = len(terminal.frames), lease.usages.revision, time.thread_time()
        lease.renew()
        while lease.usages.revision == revision or len(terminal.frames) == frames:
            await asyncio.sleep(0.001)
        took.append(1000 * (time.thread_time() - before))
        frames, revision = len(terminal.frames), lease.usages.revision
        beat = asyncio.create_task(_beat(gaps))
        lease.renew()
        while lease.usages.revision == revision or len(terminal.frames) == frames:
            await asyncio.sleep(0.001)
        beat.cancel()
        longest = max(longest, 1000 * max(gaps))
    return took, longest


async def _measure(sort: str, pods: bytes, usages: list[bytes]) -> tuple[list[float], float]:
    def connect(config: Config) -> Client:
        client = _Ready(config)
        client.pods, client.usages = pods, [*usages]
        return client

    kubeconfig = loads(json.dumps(_KUBECONFIG))
    shared, terminal, state = Shared(connect=connect), MemoryTerminal(size=(160, 45)), State()
    state.remember_sort("pods", sort, True)
    session = Session(infer(known=kubeconfig), kubeconfig, shared, settings=Settings(), state=state, namespaces=())
    app = KtyApp(terminal, session)
    running = app.start()
    while not any(b"metrics every" in frame for frame in terminal.frames):
        await asyncio.sleep(0.01)
    await asyncio.sleep(1)
    lease = session.cluster.usages(POD_METRICS, "")
    assert lease is not None
    try:
        return await _polls(session, terminal, lease)
    finally:
        lease.release()
        app.exit()
        await running
        await shared.close()


def main(arguments: Sequence[str]) -> int:
    """Print the table."""
    numbers = range(PODS)
    meta = {"metadata": {"resourceVersion": "99999"}}
    pods = json.dumps({"kind": "PodList", **meta, "items": [_pod(number) for number in numbers]}).encode()
    usages = [
        json.dumps({"kind": "PodMetricsList", **meta, "items": [_usage(number, at) for number in numbers]}).encode()
        for at in range(2 * POLLS + 2)
    ]
    collect_in_portions()
    print(
        f"| one poll of {PODS:,} pods, {len(usages[0]) / 1e6:.1f} MB | CPU, p50 / most | longest pause |",
        "|---|---|---|",
        sep="\n",
    )
    for sort in ("Name", "CPU"):
        took, longest = asyncio.run(_measure(sort, pods, usages))
        print(
            f"| sorted by {sort} | {statistics.median(took):.0f} / {max(took):.0f} ms | {longest:.0f} ms |", flush=True
        )
    return 0
