"""Check the API server's certificate against the authority in the kubeconfig, and when they and the pods' one end.

python examples/cert_check.py
"""

import asyncio
import ssl
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

from kty.kube import Api, Client, Config, ConfigMap, infer
from kty.kube.tls import SslContexts


def show(whose: str, certificate: Mapping[str, Any]) -> None:
    names = ", ".join([value for pairs in certificate["subject"] for _, value in pairs])
    ends = ssl.cert_time_to_seconds(certificate["notAfter"])
    print(f"{whose}: {names}, ends in {(ends - time.time()) / 86_400:.0f} days")
    for kind, name in certificate.get("subjectAltName", ()):
        print(f"  {kind} {name}")


async def shown_by(config: Config, context: ssl.SSLContext) -> Mapping[str, Any]:
    """Return the certificate that the server shows; it has been checked by then."""
    address = urlsplit(config.server)
    name = config.tls.server_name or address.hostname
    _, writer = await asyncio.open_connection(address.hostname, address.port or 443, ssl=context, server_hostname=name)
    writer.close()
    certificate: Mapping[str, Any] = writer.get_extra_info("peercert")
    return certificate


async def main() -> None:
    config = infer()
    if not config.server.startswith("https:") or not config.tls.verify:
        sys.exit(f"the kubeconfig lets nobody check who {config.server} is")
    context = SslContexts(config).current(None)
    try:
        show("server", await shown_by(config, context))
    except ssl.SSLCertVerificationError as error:
        sys.exit(f"{config.server} is not who it should be: {error.verify_message}")
    for authority in context.get_ca_certs():
        show("authority", authority)
    async with Client(config) as client:
        given = await Api.of(client, ConfigMap, config.default_namespace).get("kube-root-ca.crt")
    for authority in ssl.create_default_context(cadata=given.data["ca.crt"]).get_ca_certs():
        show("authority for pods", authority)


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        asyncio.run(main())
