"""Requests for certificates (certificates.k8s.io/v1), approved and denied."""

from datetime import UTC, datetime
from typing import ClassVar

import msgspec

from kty.errors import Conflict
from kty.kube.api import Api
from kty.kube.connection import Connection
from kty.kube.parts import Condition, Part, Whole
from kty.kube.resource import Resource

TRIES = 5
"""How often a verdict is written where somebody else was faster; what they wrote is kept."""


class SigningRequestSpec(Part):
    request: str = ""
    """A PKCS #10 request in PEM, in base64 once more."""
    signer_name: str = ""
    usages: list[str] = []  # noqa: RUF012 - msgspec gives each object a copy
    expiration_seconds: int | None = None
    username: str = ""
    """Who asks; the server fills it in."""


class SigningRequestStatus(Part):
    certificate: str | None = None
    """A chain in PEM, in base64 once more; None until the signer has signed."""
    conditions: list[Condition] = []  # noqa: RUF012


class CertificateSigningRequest(Whole):
    resource: ClassVar[Resource] = Resource(
        "certificates.k8s.io", "v1", "CertificateSigningRequest", "certificatesigningrequests", namespaced=False
    )
    spec: SigningRequestSpec | None = None
    status: SigningRequestStatus | None = None


async def approve(
    client: Connection, name: str, *, reason: str = "KtyApprove", message: str = ""
) -> CertificateSigningRequest:
    """Say that the request may be signed. What was approved already is returned as it is."""
    return await _decide(client, name, "Approved", reason, message)


async def deny(
    client: Connection, name: str, *, reason: str = "KtyDeny", message: str = ""
) -> CertificateSigningRequest:
    """Say that the request must not be signed. What was denied already is returned as it is."""
    return await _decide(client, name, "Denied", reason, message)


async def _decide(client: Connection, name: str, verdict: str, reason: str, message: str) -> CertificateSigningRequest:
    requests = Api(client, CertificateSigningRequest.resource)
    part = requests.subresource("approval", kind=CertificateSigningRequest)
    tries = TRIES
    while True:
        found = await requests.get(name)
        status = found.get("status") or {}
        conditions = status.get("conditions") or []
        if any(each.get("type") == verdict and each.get("status") == "True" for each in conditions):
            return msgspec.convert(found, CertificateSigningRequest)
        now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        condition = {"type": verdict, "status": "True", "reason": reason, "message": message, "lastUpdateTime": now}
        # The server merges no conditions of a request by their type: a patch would take everybody else's away.
        others = [each for each in conditions if each.get("type") != verdict]
        tries -= 1
        try:
            return await part.replace(name, {**found, "status": {**status, "conditions": [*others, condition]}})
        except Conflict:
            if not tries:
                raise
