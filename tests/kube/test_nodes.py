"""A drain that meets what changes under its hands, and a server that lets it wait."""

import asyncio
from typing import Any

import pytest

from kty.errors import Conflict, Unfinished
from kty.kube.client import Client
from kty.kube.exchange import Answer, Request
from kty.kube.layers import Retry
from kty.kube.mock import mock_client
from kty.kube.nodes import Cordoned, Evicted, Left, Progress, drain
from kty.kube.reply import Reply

NODE = {"kind": "Node", "apiVersion": "v1", "metadata": {"name": "n1"}}


def _pod(name: str, uid: str) -> Any:
    owner = {"apiVersion": "apps/v1", "kind": "StatefulSet", "name": "web", "uid": "z", "controller": True}
    metadata = {"name": name, "namespace": "d", "uid": uid, "ownerReferences": [owner]}
    return {"kind": "Pod", "apiVersion": "v1", "metadata": metadata}


def _pods(*pods: Any) -> Reply:
    return Reply.json({"kind": "PodList", "apiVersion": "v1", "metadata": {}, "items": pods})


async def _drained(there_now: Reply, *, delete: bool = False) -> list[Progress]:
    """Drain a node of one pod whose eviction is a conflict; `there_now` is what is there under its name."""
    lists = iter([_pods(_pod("web-0", "old")), _pods()])

    async def answer(request: Request) -> Answer:
        if request.method == "PATCH":
            return Reply.json(NODE)
        if request.method in ("POST", "DELETE"):
            return Reply.refusal(409, "the UID in the precondition does not match")
        return there_now if request.path.endswith("/web-0") else next(lists)

    async with mock_client(answer) as client:
        return [each async for each in drain(client, "n1", look=0.0, delete=delete)]


@pytest.mark.parametrize("delete", [False, True])
async def test_a_pod_whose_name_another_has_by_now_is_gone(delete: bool) -> None:
    for there_now in (Reply.json(_pod("web-0", "new")), Reply.refusal(404, "no such pod")):
        cordoned, left = await _drained(there_now, delete=delete)
        assert cordoned == Cordoned("n1")
        assert isinstance(left, Left)
        assert left.pod.metadata.uid == "old"


async def test_a_conflict_about_the_same_pod_is_raised() -> None:
    with pytest.raises(Conflict):
        await _drained(Reply.json(_pod("web-0", "old")))


async def test_a_client_that_asks_again_by_itself_does_not_outlast_the_deadline() -> None:
    evictions = 0

    async def answer(request: Request) -> Answer:
        nonlocal evictions
        if request.method == "PATCH":
            return Reply.json(NODE)
        if request.method == "POST":
            evictions += 1
            if request.path.endswith("web-0/eviction"):
                return Reply.json({"kind": "Status", "apiVersion": "v1", "status": "Success"})
            return Reply.refusal(429, "the budget is still being processed", retry_after=10)
        return _pods(*(_pod(f"web-{number}", f"u{number}") for number in range(3)))

    async def sleep(seconds: float) -> None:
        assert seconds == 10
        await asyncio.Event().wait()

    told: list[Progress] = []

    async def follow(client: Client) -> None:
        async for each in drain(client, "n1", timeout=0.1):
            told.append(each)  # noqa: PERF401 - what was told counts though it raises

    async with mock_client(answer, layers=(Retry(sleep=sleep),)) as client, asyncio.timeout(10):
        with pytest.raises(Unfinished, match=r"n1 is not drained after 0\.1 s") as raised:
            await follow(client)
    assert [type(each) for each in told] == [Cordoned, Evicted]
    assert evictions == 2
    silent = "no answer to its eviction in time"
    assert raised.value.left == (
        "d/web-0: asked to leave, and not gone yet",
        f"d/web-1: {silent}",
        f"d/web-2: {silent}",
    )
