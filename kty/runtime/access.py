"""What this identity may do, as the API server says it (SelfSubjectAccessReview), kept for a while."""

import json

from msgspec import Struct

from kty.errors import KtyError
from kty.kube.connection import Connection
from kty.kube.resource import Resource
from kty.runtime.clock import SYSTEM, Clock

KEPT = 60.0
"""Seconds that an answer is good for: roles change while kty runs."""
_REVIEWS = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"


class Need(Struct, frozen=True):
    """Something that somebody wants to do to an object."""

    verb: str
    """As RBAC has it: `delete`, `patch`, `create`."""
    resource: Resource
    namespace: str = ""
    name: str = ""
    part: str = ""
    """The subresource, such as `exec` or `scale`; empty for the object itself."""

    def __str__(self) -> str:
        what = f"{self.resource.plural}/{self.part}" if self.part else self.resource.plural
        return f"{self.verb} {what}" + (f" in {self.namespace}" if self.namespace else "")


class Access:
    """Asks the server once for each need, and again when the answer is old."""

    def __init__(self, client: Connection, *, clock: Clock = SYSTEM) -> None:
        self._client = client
        self._clock = clock
        self._answers: dict[Need, tuple[float, str]] = {}

    async def why_not(self, need: Need) -> str:
        """Say why the server would refuse this; empty where it would not, or cannot be asked: then doing it tells."""
        known = self._answers.get(need)
        if known is not None and self._clock.monotonic() - known[0] < KEPT:
            return known[1]
        try:
            answer = await self._ask(need)
        except KtyError:
            return ""
        self._answers[need] = self._clock.monotonic(), answer
        return answer

    async def _ask(self, need: Need) -> str:
        attributes = {
            "verb": need.verb,
            "group": need.resource.group,
            "version": need.resource.version,
            "resource": need.resource.plural,
            "subresource": need.part,
            "namespace": need.namespace,
            "name": need.name,
        }
        review = {
            "apiVersion": "authorization.k8s.io/v1",
            "kind": "SelfSubjectAccessReview",
            "spec": {"resourceAttributes": attributes},
        }
        answer = json.loads(await self._client.request("POST", _REVIEWS, body=json.dumps(review).encode()))
        status = answer.get("status") if isinstance(answer, dict) else None
        if not isinstance(status, dict) or status.get("allowed") is not False:
            return ""
        return f"you may not {need}"
