"""A container to look into a pod is waited for through what goes wrong on the way."""

import pytest

from kty.kube.debugging import debug_container
from kty.kube.exchange import Answer, Request
from kty.kube.mock import mock_client
from kty.kube.reply import Reply


async def test_a_container_is_waited_for_though_watches_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []
    names: list[str] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    async def answer(request: Request) -> Answer:
        if request.method == "PATCH":
            names.append((request.body or b"").decode().split('"debug-')[1].split('"')[0])
            return Reply.json({"kind": "Pod", "apiVersion": "v1", "metadata": {"name": "web"}})
        if len(slept) < 3:
            return [Reply.events([]), Reply.refusal(503, "away"), Reply.refusal(429, "busy")][len(slept)]
        status = {"ephemeralContainerStatuses": [{"name": f"debug-{names[0]}", "state": {"running": {}}}]}
        return Reply.events([("ADDED", {"kind": "Pod", "metadata": {"name": "web"}, "status": status})])

    monkeypatch.setattr("kty.kube.debugging.sleep", sleep)
    async with mock_client(answer) as client:
        assert await debug_container(client, "d", "web", "main", "busybox") == f"debug-{names[0]}"
    assert slept == [1.0, 1.0, 1.0]
