"""What somebody may do: asked once, kept for a while, and never guessed."""

import json

from kty.errors import Unreachable
from kty.kube.client import Client
from kty.kube.exchange import Request
from kty.kube.mock import CONFIG, MockTransport
from kty.kube.reply import Reply
from kty.kube.resource import Resource
from kty.runtime.access import KEPT, Access, Need
from tests.runtime.fake_clock import FakeClock

PODS = Resource("", "v1", "Pod", "pods")
NEED = Need("create", PODS, "web", "a", "exec")


async def test_the_server_is_asked_once_and_again_when_its_answer_is_old() -> None:
    may = False

    def answer(request: Request) -> Reply:
        review = json.loads(request.body or b"")
        assert request.path == "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"
        assert review["spec"]["resourceAttributes"] == {
            "verb": "create",
            "group": "",
            "version": "v1",
            "resource": "pods",
            "subresource": "exec",
            "namespace": "web",
            "name": "a",
        }
        return Reply.json({**review, "status": {"allowed": may}}, status=201)

    clock, transport = FakeClock(), MockTransport(answer)
    async with Client(CONFIG, transport=transport) as client:
        access = Access(client, clock=clock)
        assert await access.why_not(NEED) == "you may not create pods/exec in web"
        may = True
        assert await access.why_not(NEED) != ""
        assert len(transport.requests) == 1
        await clock.advance(KEPT)
        assert await access.why_not(NEED) == ""
        assert len(transport.requests) == 2


async def test_who_cannot_be_asked_forbids_nothing() -> None:
    is_up = False

    def answer(request: Request) -> Reply:
        if not is_up:
            raise Unreachable("connection refused")
        return Reply.json({"status": {"allowed": False}})

    async with Client(CONFIG, transport=MockTransport(answer)) as client:
        access = Access(client)
        assert await access.why_not(NEED) == ""
        is_up = True
        assert await access.why_not(NEED) != ""
