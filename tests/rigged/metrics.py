"""metrics.k8s.io as a test wants it: usage that it says, failures, and answers that do not come."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web

from kty.demo.times import timestamp
from kty.kube.usage import NODE_METRICS, POD_METRICS
from kty.runtime.clock import Clock

Amounts = tuple[str, str]
"""Quantities of processor and memory."""


class RiggedMetrics:
    """Says what the demo says, until a test says something else."""

    def __init__(self, clock: Clock) -> None:
        self.fault = 0
        """The HTTP status of every answer, where it is not 0."""
        self._clock = clock
        self._pods: dict[tuple[str, str], dict[str, Amounts]] | None = None
        self._nodes: dict[str, Amounts] | None = None
        self._held: asyncio.Event | None = None

    def pod(self, name: str, containers: Mapping[str, Amounts], namespace: str = "shop") -> None:
        """Say what a pod's containers use from now on; nothing is said of pods that no test spoke of."""
        self._pods = {**(self._pods or {}), (namespace, name): dict(containers)}

    def node(self, name: str, amounts: Amounts) -> None:
        self._nodes = {**(self._nodes or {}), name: amounts}

    @asynccontextmanager
    async def holding(self) -> AsyncIterator[None]:
        """Answer nothing before the block is left."""
        self._held = asyncio.Event()
        try:
            yield
        finally:
            self._held.set()
            self._held = None

    async def answer(self, request: web.Request) -> web.Response | None:
        """Return the answer to a request, where it is about metrics and for the test to give."""
        if not request.path.startswith(("/apis/metrics.k8s.io/v1beta1/",)):
            return None
        if self._held is not None:
            await self._held.wait()
        if self.fault:
            status = {"kind": "Status", "apiVersion": "v1", "status": "Failure", "code": self.fault}
            message = "the server is currently unable to handle the request"
            return web.json_response({**status, "message": message}, status=self.fault)
        if request.path == NODE_METRICS.path() and self._nodes is not None:
            nodes = [{**self._measured(name), "usage": _usage(amounts)} for name, amounts in self._nodes.items()]
            return _list("NodeMetricsList", nodes)
        parts = request.path.split("/")
        namespace = parts[5] if len(parts) == 7 else ""
        if request.path == POD_METRICS.path(namespace) and self._pods is not None:
            return _list("PodMetricsList", [self._pod(*key) for key in self._pods if namespace in ("", key[0])])
        return None

    def _measured(self, name: str) -> dict[str, Any]:
        return {"metadata": {"name": name}, "timestamp": timestamp(self._clock.now()), "window": "15s"}

    def _pod(self, namespace: str, name: str) -> dict[str, Any]:
        containers = (self._pods or {})[namespace, name]
        measured = self._measured(name)
        measured["metadata"]["namespace"] = namespace
        return {**measured, "containers": [{"name": each, "usage": _usage(containers[each])} for each in containers]}


def _usage(amounts: Amounts) -> dict[str, str]:
    return dict(zip(("cpu", "memory"), amounts, strict=True))


def _list(kind: str, items: list[dict[str, Any]]) -> web.Response:
    return web.json_response({"kind": kind, "apiVersion": POD_METRICS.api_version, "metadata": {}, "items": items})
