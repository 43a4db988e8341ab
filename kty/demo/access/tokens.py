"""Tokens of service accounts: signed here, good here, as long as the account is there."""

import base64
import hmac
import secrets
import uuid
from typing import Any, Final

import msgspec

from kty.demo.access.users import User, service_account_groups
from kty.demo.registry import Registry

ISSUER: Final = "https://kubernetes.default.svc"
_CREDENTIAL: Final = "authentication.kubernetes.io/credential-id"
_HEADER: Final = {"alg": "HS256", "kid": "kty-demo"}


class ServiceAccountTokens:
    """JSON web tokens (RFC 7519), signed with a key of this start."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self._key = secrets.token_bytes(32)

    def issue(self, account: dict[str, Any], *, seconds: int, audiences: list[str]) -> tuple[str, float]:
        """Return a token for a ServiceAccount object, and when it expires, in seconds since the epoch."""
        metadata, now = account["metadata"], int(self._registry.clock.now())
        namespace, name = metadata["namespace"], metadata["name"]
        content = {
            "aud": audiences,
            "exp": now + seconds,
            "iat": now,
            "iss": ISSUER,
            "jti": str(uuid.UUID(int=self._registry.random.getrandbits(128), version=4)),
            "kubernetes.io": {"namespace": namespace, "serviceaccount": {"name": name, "uid": metadata["uid"]}},
            "nbf": now,
            "sub": f"system:serviceaccount:{namespace}:{name}",
        }
        said = f"{_part(_HEADER)}.{_part(content)}"
        return f"{said}.{self._signature(said)}", now + seconds

    def read(self, token: str) -> User | None:
        """Return whom a token stands for; None when it is not from here, expired, or for somebody who is gone."""
        said, _, signature = token.rpartition(".")
        if not said or not hmac.compare_digest(signature.encode(), self._signature(said).encode()):
            return None
        content = msgspec.json.decode(base64.urlsafe_b64decode(said.partition(".")[2] + "=="))
        if content["exp"] <= self._registry.clock.now() or ISSUER not in content["aud"]:
            return None
        where = content["kubernetes.io"]
        namespace, name, uid = where["namespace"], where["serviceaccount"]["name"], where["serviceaccount"]["uid"]
        account = self._registry.find("serviceaccounts", namespace, name)
        if account is None or account["metadata"]["uid"] != uid:
            return None
        extra = ((_CREDENTIAL, (f"JTI={content['jti']}",)),)
        return User(content["sub"], service_account_groups(namespace), uid, extra)

    def _signature(self, said: str) -> str:
        return _text(hmac.digest(self._key, said.encode(), "sha256"))


def _part(content: dict[str, Any]) -> str:
    return _text(msgspec.json.encode(content))


def _text(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()
