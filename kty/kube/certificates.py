"""Requests for certificates (certificates.k8s.io/v1), approved and denied."""

from datetime import UTC, datetime
from typing import ClassVar

from kty.kube.api import Api
from kty.kube.connection import Connection
from kty.kube.parts import Condition, Part, Whole
from kty.kube.patches import Strategic
from kty.kube.resource import Resource


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
    requests = Api.of(client, CertificateSigningRequest)
    found = await requests.get(name)
    conditions = found.status.conditions if found.status else []
    if any(each.type == verdict for each in conditions):
        return found
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    condition = {"type": verdict, "status": "True", "reason": reason, "message": message, "lastUpdateTime": now}
    # Conditions are merged by their type, so nobody else's is lost; the server lets no verdict take another's place.
    part = requests.subresource("approval", kind=CertificateSigningRequest)
    return await part.patch(name, Strategic({"status": {"conditions": [condition]}}))
