"""Both ends of TLS for tests: what a client trusts and shows, and a server that says what it was shown."""

from typing import Any

from aiohttp import web

from kty.kube.target import AuthInfo, Pem, Tls
from tests.kube.certificates import Authority, Issued


async def who(request: web.Request) -> web.StreamResponse:
    """Answer with the peer's certificate and the path."""
    assert request.transport
    certificate: dict[str, Any] = request.transport.get_extra_info("peercert") or {}
    subject = {key: value for part in certificate.get("subject", ()) for key, value in part}
    return web.json_response({"certificate": subject.get("commonName"), "path": request.path_qs})


def trusts(authority: Authority, **more: Any) -> Tls:
    return Tls(Pem(data=authority.certificate.read_bytes()), **more)


def shows(person: Issued) -> AuthInfo:
    return AuthInfo(certificate=Pem(data=person.certificate.read_bytes()), key=Pem(data=person.key.read_bytes()))
