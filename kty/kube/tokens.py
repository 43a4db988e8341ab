"""Tokens of service accounts (authentication.k8s.io/v1 TokenRequest)."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import msgspec

from kty.errors import Malformed
from kty.kube.api import Api
from kty.kube.connection import Connection
from kty.kube.kinds import ServiceAccount
from kty.kube.objects import Object, epoch
from kty.kube.parts import Part


@dataclass(frozen=True, slots=True)
class Token:
    """A credential; it is not shown by repr."""

    token: str = field(repr=False)
    expires: float
    """Seconds since the epoch. The server may give it a shorter or longer life than it was asked for."""


class _Status(Part):
    token: str
    expiration_timestamp: str


class _TokenRequest(Part):
    status: _Status


async def request_token(
    client: Connection,
    namespace: str,
    account: str,
    *,
    audiences: Sequence[str] = (),
    seconds: int | None = None,
    bound_to: Object | None = None,
) -> Token:
    """Return a token that acts as the service account, for the API server where no audiences are named.

    `seconds` is how long it shall live (600 at least), `bound_to` a reference to the Pod, Secret or Node that it
    shall die with: apiVersion, kind, name and uid.
    """
    wanted = {"audiences": list(audiences), "expirationSeconds": seconds, "boundObjectRef": bound_to}
    spec = {key: value for key, value in wanted.items() if value}
    request: Object = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": spec}
    answer = await Api.of(client, ServiceAccount, namespace).subresource("token").create(account, request)
    try:
        status = msgspec.convert(answer, _TokenRequest).status
    except msgspec.ValidationError as error:
        raise Malformed(f"no token came back: {error}", namespace=namespace, name=account) from error
    return Token(status.token, epoch(status.expiration_timestamp) or 0.0)
