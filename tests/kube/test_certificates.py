"""A verdict on a request for a certificate takes nothing away that others said about it."""

import json
from typing import Any

import pytest

from kty.errors import Conflict
from kty.kube.certificates import TRIES, approve, deny
from kty.kube.exchange import Answer, Request
from kty.kube.mock import mock_client
from kty.kube.reply import Reply

PATH = "/apis/certificates.k8s.io/v1/certificatesigningrequests/one"
FAILED = {"type": "Failed", "status": "True", "reason": "Odd", "message": "", "lastTransitionTime": None}


class Server:
    """It has one request, and somebody else writes it so many times just before we do."""

    def __init__(self, *conditions: Any, rivals: int = 0) -> None:
        self.version = 1
        self.conditions = list(conditions)
        self.rivals = rivals
        self.reads = self.writes = 0

    async def answer(self, request: Request) -> Answer:
        if request.method == "GET":
            assert request.path == PATH
            self.reads += 1
            return self._request()
        assert (request.method, request.path) == ("PUT", f"{PATH}/approval")
        self.writes += 1
        if self.rivals:
            self.rivals -= 1
            self.version += 1
            self.conditions = [{**FAILED, "message": str(self.version)}]
        content = json.loads(request.body or b"")
        if content["metadata"]["resourceVersion"] != str(self.version):
            return Reply.refusal(409, "the object has been modified")
        assert content["spec"] == {"request": "cGVt", "unknown": 1}
        assert content["status"]["certificate"] == "YQ=="
        self.conditions = content["status"]["conditions"]
        return self._request()

    def _request(self) -> Reply:
        return Reply.json(
            {
                "apiVersion": "certificates.k8s.io/v1",
                "kind": "CertificateSigningRequest",
                "metadata": {"name": "one", "resourceVersion": str(self.version)},
                "spec": {"request": "cGVt", "unknown": 1},
                "status": {"certificate": "YQ==", "conditions": self.conditions},
            }
        )


async def test_what_others_said_is_kept() -> None:
    server = Server(FAILED)
    async with mock_client(server.answer) as client:
        approved = await approve(client, "one", message="looks good")
    assert server.conditions[0] == FAILED
    assert {**server.conditions[1], "lastUpdateTime": ""} == {
        "type": "Approved",
        "status": "True",
        "reason": "KtyApprove",
        "message": "looks good",
        "lastUpdateTime": "",
    }
    assert approved.status is not None
    assert [each.type for each in approved.status.conditions] == ["Failed", "Approved"]


async def test_a_verdict_that_is_there_stays_as_it_is() -> None:
    server = Server({"type": "Denied", "status": "True", "reason": "Odd"})
    async with mock_client(server.answer) as client:
        denied = await deny(client, "one")
    assert denied.status is not None
    assert [each.reason for each in denied.status.conditions] == ["Odd"]
    assert (server.reads, server.writes) == (1, 0)


async def test_a_verdict_takes_the_place_of_one_that_does_not_hold() -> None:
    server = Server({"type": "Denied", "status": "False", "reason": "Odd"}, FAILED)
    async with mock_client(server.answer) as client:
        await deny(client, "one")
    assert [(each["type"], each["status"]) for each in server.conditions] == [("Failed", "True"), ("Denied", "True")]


async def test_who_was_faster_is_kept_too() -> None:
    server = Server(rivals=2)
    async with mock_client(server.answer) as client:
        await approve(client, "one")
    assert [each["type"] for each in server.conditions] == ["Failed", "Approved"]
    assert server.conditions[0]["message"] == "3"
    assert server.writes == 3


async def test_a_conflict_that_stays_is_raised() -> None:
    server = Server(rivals=TRIES)
    async with mock_client(server.answer) as client:
        with pytest.raises(Conflict):
            await approve(client, "one")
    assert server.writes == TRIES
