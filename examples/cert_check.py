"""Tell whom certificates name and when they end: the API server's, which is checked too, and those in TLS secrets.

python examples/cert_check.py
"""

import asyncio
import base64
import ssl
import time
from contextlib import suppress
from urllib.parse import urlsplit

from kty.kube import Api, Client, Config, Secret, infer
from kty.kube.tls import SslContexts
from kty.text import decode


async def api_server(config: Config) -> str:
    """Say what the server's certificate is worth, to whoever has the authority of the kubeconfig."""
    address = urlsplit(config.server)
    if address.scheme != "https" or not config.tls.verify:
        return "the kubeconfig lets nobody check who that is"
    context, name = SslContexts(config).current(None), config.tls.server_name or address.hostname
    try:
        _, writer = await asyncio.open_connection(
            address.hostname, address.port or 443, ssl=context, server_hostname=name
        )
    except ssl.SSLCertVerificationError as error:
        return f"not to be trusted: {error.verify_message}"
    shown = writer.get_extra_info("peercert")
    writer.close()
    days = (ssl.cert_time_to_seconds(shown["notAfter"]) - time.time()) / 86_400
    return f"is {', '.join([name for _, name in shown['subjectAltName']])} for {days:.0f} days more"


async def described(certificate: bytes) -> str:
    """Let openssl say what it reads: Python's ssl reads only what a server shows."""
    command = ("openssl", "x509", "-noout", "-subject", "-enddate")
    pipe = asyncio.subprocess.PIPE
    openssl = await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe, stderr=pipe)
    out, _ = await openssl.communicate(certificate)
    return ", ".join(map(decode, out.splitlines())) or "no certificate"


async def main() -> None:
    async with Client(infer()) as client:
        print(f"{client.config.server}: {await api_server(client.config)}")
        secrets = Api.of(client, Secret, client.config.default_namespace)
        for secret in await secrets.list(fields="type=kubernetes.io/tls"):
            print(f"{secret.name}: {await described(base64.b64decode(secret.data['tls.crt']))}")


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        asyncio.run(main())
