"""A rollout is followed through what goes wrong on the way, and no faster than the server bears."""

from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from kty.errors import Forbidden, Unreachable
from kty.kube.exchange import Answer, Request
from kty.kube.kinds import Deployment
from kty.kube.mock import mock_client
from kty.kube.reply import Reply
from kty.kube.rollouts import FIRST, LONGEST, follow


def _web(version: int, updated: int) -> Any:
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "web", "namespace": "d", "resourceVersion": str(version), "generation": 1},
        "spec": {"replicas": 2},
        "status": {"observedGeneration": 1, "replicas": 2, "updatedReplicas": updated, "availableReplicas": updated},
    }


async def _broken() -> AsyncIterator[bytes]:
    yield b'{"type":"MODI'
    raise Unreachable("the answer broke off")


@pytest.fixture
def slept(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Return the pauses that were made, none of which takes time."""
    pauses: list[float] = []

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)
        assert len(pauses) < 100, "it never ends"

    monkeypatch.setattr("kty.kube.rollouts.sleep", sleep)
    return pauses


async def _followed(watches: list[Callable[[], Reply]]) -> list[bool]:
    """Return whether it was done, each time that we were told."""
    left = iter(watches)

    async def answer(request: Request) -> Answer:
        return next(left)() if ("watch", "true") in request.query else Reply.json(_web(1, 1))

    async with mock_client(answer) as client:
        return [each.is_done async for each in follow(client, Deployment, "d", "web")]


def _done() -> Reply:
    return Reply.events([("MODIFIED", _web(2, 2))])


@pytest.mark.parametrize(
    "fault",
    [
        lambda: Reply(_broken(), headers={"Content-Type": "application/json"}),
        lambda: Reply.refusal(503, "apiserver is shutting down", retry_after=1),
        lambda: Reply.refusal(429, "too many requests"),
        lambda: Reply.events([("ERROR", {"kind": "Status", "code": 500, "message": "etcd leader changed"})]),
        lambda: Reply.events([]),
    ],
    ids=["broken", "503", "429", "500", "empty"],
)
async def test_a_watch_that_fails_is_opened_anew_after_a_while(fault: Callable[[], Reply], slept: list[float]) -> None:
    assert await _followed([fault] * 8 + [_done]) == [False, True]
    assert len(slept) == 8
    assert FIRST <= slept[0] <= 2 * FIRST
    assert all(LONGEST / 2 <= pause <= LONGEST for pause in slept[5:])


async def test_no_pause_is_shorter_than_the_server_asks_for(slept: list[float]) -> None:
    assert await _followed([lambda: Reply.refusal(503, "away", retry_after=60), _done]) == [False, True]
    assert slept == [60.0]


async def test_what_is_heard_ends_the_long_pauses(slept: list[float]) -> None:
    heard = [lambda: Reply.events([("MODIFIED", _web(2, 1))])]
    assert await _followed([lambda: Reply.events([])] * 3 + heard + [lambda: Reply.events([]), _done]) == [False, True]
    assert len(slept) == 4
    assert slept[3] <= 2 * FIRST


async def test_what_will_not_pass_ends_it(slept: list[float]) -> None:
    with pytest.raises(Forbidden):
        await _followed([lambda: Reply.refusal(403, "no")])
    assert slept == []


async def test_a_server_that_was_never_there_is_told_at_once(slept: list[float]) -> None:
    async def answer(request: Request) -> Answer:
        raise Unreachable("nobody there")

    async with mock_client(answer) as client:
        with pytest.raises(Unreachable):
            await anext(follow(client, Deployment, "d", "web"))
    assert slept == []


async def test_a_client_that_is_closed_ends_it(slept: list[float]) -> None:
    def answer(request: Request) -> Reply:
        return Reply.events([]) if ("watch", "true") in request.query else Reply.json(_web(1, 1))

    async with mock_client(answer) as client:
        rollout = follow(client, Deployment, "d", "web")
        await anext(rollout)
        await client.close()
        with pytest.raises(Unreachable, match="this connection was closed"):
            await anext(rollout)
    assert slept == []
