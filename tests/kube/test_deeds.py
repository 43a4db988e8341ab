"""What is done to a cluster is told with who did it; what is only asked is not."""

import asyncio
from contextvars import copy_context

import pytest

from kty.errors import Unreachable
from kty.kube.deeds import OK, TELLS, Deed, telling
from kty.kube.exchange import Answer, Request
from kty.kube.reply import Reply

WS = ("v5.channel.k8s.io",)
DRY = (("dryRun", "All"),)


async def told_of(request: Request, status: int = 200) -> list[Deed]:
    told: list[Deed] = []

    async def send(request: Request) -> Answer:
        if not status:
            raise Unreachable("away")
        return Reply(b"", status=status)

    async def ask() -> None:
        TELLS.set(told.append)
        try:
            await telling()(send)(request)
        except Unreachable:
            assert not status

    await asyncio.get_running_loop().create_task(ask(), context=copy_context())
    return told


@pytest.mark.parametrize(
    ("request_", "deed"),
    [
        (
            Request("DELETE", "/api/v1/namespaces/shop/pods/web-1"),
            Deed("delete", "", "pods", "", "shop", "web-1", "", (), OK),
        ),
        (
            Request("DELETE", "/api/v1/namespaces/shop/pods"),
            Deed("deletecollection", "", "pods", "", "shop", "", "", (), OK),
        ),
        (
            Request("PATCH", "/apis/apps/v1/namespaces/shop/deployments/web/scale"),
            Deed("patch", "apps", "deployments", "scale", "shop", "web", "", (), OK),
        ),
        (Request("PUT", "/api/v1/nodes/node%201"), Deed("update", "", "nodes", "", "", "node 1", "", (), OK)),
        (Request("DELETE", "/api/v1/namespaces/shop"), Deed("delete", "", "namespaces", "", "", "shop", "", (), OK)),
        (
            Request("PUT", "/api/v1/namespaces/shop/finalize"),
            Deed("update", "", "namespaces", "finalize", "", "shop", "", (), OK),
        ),
        (
            Request("POST", "/api/v1/namespaces/shop/pods/web-1/eviction"),
            Deed("create", "", "pods", "eviction", "shop", "web-1", "", (), OK),
        ),
        (
            Request(
                "GET",
                "/k8s/clusters/c-1/api/v1/namespaces/shop/pods/web-1/exec",
                (("container", "app"), ("command", "cat"), ("command", "/etc/passwd")),
                protocols=WS,
            ),
            Deed("connect", "", "pods", "exec", "shop", "web-1", "app", ("cat", "/etc/passwd"), OK),
        ),
    ],
)
async def test_what_is_done_is_told(request_: Request, deed: Deed) -> None:
    assert await told_of(request_) == [deed]


@pytest.mark.parametrize(
    "request_",
    [
        Request("GET", "/api/v1/pods"),
        Request("POST", "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"),
        Request("PATCH", "/apis/apps/v1/namespaces/shop/deployments/web", DRY),
    ],
)
async def test_what_changes_nothing_is_not_told(request_: Request) -> None:
    assert await told_of(request_) == []


@pytest.mark.parametrize(("status", "outcome"), [(403, "403"), (201, OK), (0, "Unreachable")])
async def test_how_it_went_is_told(status: int, outcome: str) -> None:
    (deed,) = await told_of(Request("DELETE", "/api/v1/nodes/a"), status)
    assert deed.outcome == outcome


async def test_nobody_is_told_where_nobody_wants_to_know() -> None:
    async def send(request: Request) -> Answer:
        return Reply(b"", status=200)

    assert TELLS.get() is None
    assert (await telling()(send)(Request("DELETE", "/api/v1/nodes/a"))).status == 200
